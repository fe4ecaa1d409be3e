#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks at reports as a browser shows them: in both colour schemes, on a wide screen, on a phone and on
paper. Prints what is wrong with them; nothing when all is well. 77: there is no Chromium here.
usage: view_report_page.py [--shots=FOLDER] REPORT..."""
import os
import sys

import browser

# 718: A4 with margins of a centimetre
LOOKS = [(width, scheme, "screen") for width in (1200, 360) for scheme in ("light", "dark")] + [(718, "light", "print")]

# Runs in the page, and gives a list of faults.
CHECKS = r"""
(() => {
	const faults = [], all = (s, of = document) => [...of.querySelectorAll(s)];
	const fault = (what, e) => faults.push(what + (e ? ': ' + (e.outerHTML || e).slice(0, 160) : ''));
	const shown = e => e.checkVisibility() && e.getClientRects().length > 0;
	const inside = (e, s) => e.closest(s) !== null;

	// --- structure
	if (!document.documentElement.lang) fault('no language');
	if (!document.title.trim()) fault('no title');
	if (all('main').length !== 1) fault('not one main');
	const heads = all('h1,h2,h3,h4').map(e => +e.tagName[1]);
	if (heads.filter(n => n === 1).length !== 1 || heads[0] !== 1) fault('not one h1 at the beginning');
	heads.forEach((n, i) => { if (i && n > heads[i - 1] + 1) fault('a heading skips a level: h' + n); });
	const ids = all('[id]').map(e => e.id);
	ids.forEach((id, i) => { if (ids.indexOf(id) !== i) fault('an id twice: ' + id); });
	all('[aria-labelledby]').forEach(e => { if (!document.getElementById(e.getAttribute('aria-labelledby'))) fault('labelled by nothing', e); });
	all('a[href]').forEach(e => { if (!document.getElementById(e.getAttribute('href').slice(1))) fault('a link to nothing', e); });
	all('svg').filter(e => !inside(e.parentNode, 'svg')).forEach(e => {
		const title = e.querySelector(':scope > title');
		if (e.getAttribute('aria-hidden') === 'true') return;
		if (e.getAttribute('role') !== 'img' || !title || !title.textContent.trim()) fault('a picture without a name', e);
	});
	all('table').forEach(t => {
		if (!t.caption || !t.caption.textContent.trim()) fault('a table without a caption', t);
		all('thead th', t).forEach(e => { if (e.scope !== 'col' || !e.textContent.trim()) fault('a head of a column', e); });
		all('tbody tr', t).forEach(tr => { if (all('th[scope=row]', tr).length !== 1) fault('not one head of a row', tr); });
		const columns = all('thead th', t).length;
		all('tbody tr', t).forEach(tr => {
			const n = [...tr.cells].reduce((sum, c) => sum + c.colSpan, 0);
			if (n !== columns) fault(n + ' cells in a row of ' + columns, tr);
		});
		all('td.n', t).forEach(e => { if (getComputedStyle(e).textAlign !== 'right') fault('a number to the left', e); });
		if (!inside(t, '[role=region][tabindex]')) fault('a table that cannot be scrolled by keys', t);
	});
	all('[role=region]').forEach(e => { if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) fault('a region without a name', e); });
	all('data').forEach(e => { if (!/^[0-9]+$/.test(e.value)) fault('data without a number', e); });
	all('script,img,iframe,object,embed,link,form,input,base,video,audio,use,image,foreignObject').forEach(e => fault('an element that does not belong here', e));
	all('*').forEach(e => { for (const a of e.attributes) if (/^on/i.test(a.name) || (/^(href|src)$/i.test(a.name) && !a.value.startsWith('#'))) fault('an attribute that does not belong here', e); });
	if (window.hostile !== undefined) fault('a text of the lines has run as a script');
	all('bdi').forEach(e => { if (getComputedStyle(e).unicodeBidi !== 'isolate') fault('a text that is not isolated', e); });

	// --- contrast, as WCAG 2.2 computes it
	const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return { rgb: m.slice(0, 3), a: m.length > 3 ? m[3] : 1 }; };
	const over = (f, b) => ({ rgb: f.rgb.map((v, i) => v * f.a + b.rgb[i] * (1 - f.a)), a: 1 });
	const light = c => { const [r, g, b] = c.rgb.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
	const behind = e => {
		const layers = [];
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c.a) layers.push(c);
			if (c.a === 1) break;
		}
		return layers.reverse().reduce((b, f) => over(f, b), { rgb: [255, 255, 255], a: 1 });
	};
	let texts = 0, marks = 0;
	const seen = new Set();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node; (node = walker.nextNode());) {
		const e = node.parentElement;
		if (!node.textContent.trim() || inside(e, 'title,desc,style') || !shown(e)) continue;
		const s = getComputedStyle(e), svg = e instanceof SVGElement;
		const colour = parse(svg ? s.fill : s.color), size = parseFloat(s.fontSize);
		const large = size >= 24 || (size >= 18.66 && +s.fontWeight >= 700);
		const ratio = contrast(over(colour, behind(e)), behind(e));
		texts++;
		if (ratio < (large ? 3 : 4.5)) {
			const what = 'contrast of a text is ' + ratio.toFixed(2) + ' (' + e.tagName + '.' + e.className + ' ' + s.color + ')';
			if (!seen.has(what)) fault(what, e);
			seen.add(what);
		}
		if (size < (matchMedia('print').matches ? 9 : 11)) fault('a text of ' + size + ' px', e);
	}
	const mark = (e, c) => {
		const ratio = contrast(over(parse(c), behind(e)), behind(e));
		marks++;
		if (ratio < 3) fault('contrast of a mark is ' + ratio.toFixed(2), e);
	};
	all('.m,.edge,rect.open').filter(shown).forEach(e => mark(e, getComputedStyle(e).stroke));
	all('rect.covered').filter(shown).forEach(e => mark(e, getComputedStyle(e).fill));
	all('.bar i').filter(e => shown(e) && e.getClientRects()[0].width).forEach(e => mark(e.parentElement.parentElement, getComputedStyle(e).backgroundColor));
	if (!texts) fault('no text was looked at');
	if (!marks && all('rect.covered').length) fault('no mark was looked at');

	// --- room
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > width) fault('the page is wider than the window: ' + document.documentElement.scrollWidth);
	all('h1,h2,h3,p,.card,.answer,.figures,.scroll,svg.chart,svg.strip').filter(shown).forEach(e => {
		const r = e.getBoundingClientRect();
		if (r.right > width + 1 || r.left < -1) fault('wider than the page', e);
	});
	all('.figures dd').forEach(e => { if (e.scrollWidth > e.clientWidth) fault('a figure that leaves its box', e); });
	all('svg').filter(e => !inside(e.parentNode, 'svg')).forEach(svg => {
		const box = svg.getBoundingClientRect();
		for (const s of ['text.tick', 'text.name', 'text.scale']) {
			const rects = all(s, svg).filter(shown).map(e => e.getBoundingClientRect()).sort((a, b) => a.top - b.top || a.left - b.left);
			rects.forEach((r, i) => {
				if (r.left < box.left - 1 || r.right > box.right + 1) fault('a text that leaves its picture: ' + s);
				const next = rects[i + 1];
				if (next && next.top === r.top && next.left < r.right) fault('texts on each other: ' + s);
			});
		}
	});
	return faults;
})()
"""


def look(b, path, width, scheme, media, shots):
    b.look(width, scheme, media=media)
    b.open(path)
    faults = b.run(CHECKS)
    # What is folded away is part of the page, too.
    b.run("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    faults += [f for f in b.run(CHECKS) if f not in faults]
    faults += ["asked for " + url for url in b.requests() if url != "file://" + os.path.abspath(path)]
    faults += ["the browser complains: " + str(e["params"])[:300] for e in b.said()]
    if shots:
        b.run("document.querySelectorAll('details').forEach(e => { e.open = false; })")
        name = os.path.splitext(os.path.basename(path))[0]
        b.shoot(os.path.join(shots, "%s-%s-%s-%d.png" % (name, media, scheme, width)))
    return faults


def main():
    shots = next((a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith("--shots=")), None)
    if not browser.program():
        sys.exit(77)
    b, wrong = browser.Browser(), False
    try:
        for path in (a for a in sys.argv[1:] if not a.startswith("--")):
            for width, scheme, media in LOOKS:
                for fault in look(b, path, width, scheme, media, shots):
                    print("%s (%d px, %s, %s): %s" % (path, width, scheme, media, fault))
                    wrong = True
    finally:
        b.close()
    sys.exit(wrong)


main()
