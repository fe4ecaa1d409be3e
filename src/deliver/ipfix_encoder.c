/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fixbuf/public.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/ipfix_encoder.h"

#define FIRST_TEMPLATE 256	/* smaller numbers are of sets (RFC 7011, 3.3.2) */
#define TEMPLATES 4096		/* a key and counters of one run make a few */

/* has, options  as in the records of this template
 */
struct template {
	bool has[IPFIX_N], options;
	uint16_t number;
};

/* begun    a message has been begun
 * message  what libfixbuf has made, max_bytes of room
 */
struct ipfix_encoder {
	struct ipfix_settings set;
	fbInfoModel_t *model;
	fBuf_t *buffer;
	fbSession_t *session;
	bool begun;
	size_t n_templates;
	struct template templates[TEMPLATES];
	uint8_t message[];
};

/* --- libfixbuf -------------------------------------------------------------------------------- */

/* What went wrong, and the error is gone. */
static int error_of(GError **err)
{
	int result = g_error_matches(*err, FB_ERROR_DOMAIN, FB_ERROR_EOM) ? -EMSGSIZE : -EIO;

	g_clear_error(err);
	return result;
}

static void add_own_elements(fbInfoModel_t *model, uint32_t enterprise)
{
	for (size_t i = 0; i < IPFIX_N; i++) {
		const struct ipfix_element *e = &ipfix_elements[i];
		fbInfoElement_t element = FB_IE_INIT_FULL(e->name, enterprise, e->number, e->bytes,
							  e->bytes == IPFIX_TEXT ? 0 : FB_IE_F_ENDIAN, 0, 0,
							  e->bytes == IPFIX_TEXT ? FB_STRING : FB_UINT_64, NULL);

		if (e->enterprise == IPFIX_OWN)
			fbInfoModelAddElement(model, &element);
	}
}

static fbTemplate_t *make_template(struct ipfix_encoder *e, const struct template *t, GError **err)
{
	fbTemplate_t *made = fbTemplateAlloc(e->model);

	for (size_t i = 0; i < IPFIX_N; i++) {
		const struct ipfix_element *from = &ipfix_elements[i];
		fbInfoElement_t element = {
			.ent = from->enterprise == IPFIX_OWN ? e->set.enterprise : from->enterprise,
			.num = from->number, .len = from->bytes,
		};

		if (t->has[i] && !fbTemplateAppend(made, &element, err)) {
			fbTemplateFreeUnused(made);
			return NULL;
		}
	}
	if (t->options)
		fbTemplateSetOptionsScope(made, 1);
	return made;
}

/* Records in memory have the form of records in messages but for byte order: the internal template
 * is the same as that of messages. */
static int add_template(struct ipfix_encoder *e, const struct template *t, bool internal)
{
	GError *err = NULL;
	fbTemplate_t *made = make_template(e, t, &err);

	if (!made)
		return error_of(&err);
	if (fbSessionAddTemplate(e->session, internal, t->number, made, &err))
		return 0;
	fbTemplateFreeUnused(made);
	return error_of(&err);
}

static void open_session(struct ipfix_encoder *e)
{
	e->model = fbInfoModelAlloc();
	if (e->set.enterprise)
		add_own_elements(e->model, e->set.enterprise);
	e->session = fbSessionAlloc(e->model);
	fbSessionSetDomain(e->session, e->set.domain);
	e->buffer = fBufAllocForExport(e->session,
				       fbExporterAllocBuffer(e->message, e->set.max_bytes));
	fBufSetAutomaticMode(e->buffer, FALSE);
}

struct ipfix_encoder *ipfix_encoder_open(const struct ipfix_settings *s)
{
	struct ipfix_encoder *e = calloc(1, sizeof(*e) + s->max_bytes);

	if (!e)
		return NULL;
	e->set = *s;
	open_session(e);
	return e;
}

void ipfix_encoder_close(struct ipfix_encoder *e)
{
	if (!e)
		return;
	fBufFree(e->buffer);
	fbInfoModelFree(e->model);
	free(e);
}

int ipfix_encoder_flush(struct ipfix_encoder *e)
{
	GError *err = NULL;

	if (!e->begun)
		return 0;
	e->begun = false;
	if (!fBufEmit(e->buffer, &err))
		return error_of(&err);
	return e->set.send(e->set.arg, e->message, fbExporterGetMsgLen(fBufGetExporter(e->buffer)));
}

/* --- templates -------------------------------------------------------------------------------- */

/* A number that follows from the elements: FNV-1a (RFC 9923), which needs no key: numbers that clash are
 * told apart by number_of(). */
static uint32_t digest(const struct template *t)
{
	uint32_t n = 2166136261U;

	for (size_t i = 0; i < IPFIX_N; i++)
		n = (n ^ t->has[i]) * 16777619U;
	return (n ^ t->options) * 16777619U;
}

static bool is_taken(const struct ipfix_encoder *e, uint16_t number)
{
	for (size_t i = 0; i < e->n_templates; i++)
		if (e->templates[i].number == number)
			return true;
	return false;
}

static uint16_t number_of(const struct ipfix_encoder *e, const struct template *t)
{
	uint32_t n = digest(t);

	while (is_taken(e, FIRST_TEMPLATE + n % (UINT16_MAX - FIRST_TEMPLATE)))
		n++;
	return FIRST_TEMPLATE + n % (UINT16_MAX - FIRST_TEMPLATE);
}

/* Run while the message is empty, so that the template fits into it: then automatic mode, without
 * which a template cannot begin a message, sends nothing. */
static int announce(struct ipfix_encoder *e, const struct template *t, bool again)
{
	int result = ipfix_encoder_flush(e);
	GError *err = NULL;

	if (result)
		return result;
	fBufSetAutomaticMode(e->buffer, TRUE);
	if (!again)
		result = add_template(e, t, false);
	else if (!fbSessionExportTemplate(e->session, t->number, &err))
		result = error_of(&err);
	fBufSetAutomaticMode(e->buffer, FALSE);
	e->begun = !result;
	return result;
}

/* The template of a record, which is made when it is the first of its form. */
static int find_template(struct ipfix_encoder *e, const struct template *like, const struct template **found)
{
	struct template *t = e->templates, *end = t + e->n_templates;
	int result;

	for (; t < end; t++) {
		if (t->options == like->options && !memcmp(t->has, like->has, sizeof(t->has))) {
			*found = t;
			return 0;
		}
	}
	if (e->n_templates == TEMPLATES)
		return -E2BIG;
	*t = *like;
	t->number = number_of(e, like);
	result = add_template(e, t, true);
	if (!result)
		result = announce(e, t, false);
	e->n_templates += !result;
	*found = t;
	return result;
}

int ipfix_encoder_repeat(struct ipfix_encoder *e)
{
	int result = 0;

	for (size_t i = 0; i < e->n_templates && !result; i++)
		result = announce(e, &e->templates[i], true);
	return result;
}

/* --- records ---------------------------------------------------------------------------------- */

/* The n low bytes of a number, in this machine's byte order. */
static uint8_t *put_number(uint8_t *p, uint64_t number, size_t n)
{
	uint8_t bytes[8];

	memcpy(bytes, &number, sizeof(bytes));
#if G_BYTE_ORDER == G_BIG_ENDIAN
	memcpy(p, bytes + sizeof(bytes) - n, n);
#else
	memcpy(p, bytes, n);
#endif
	return p + n;
}

static uint8_t *put(uint8_t *p, const struct ipfix_record *r, size_t i)
{
	const union ipfix_value *v = &r->of[i];
	size_t n = ipfix_elements[i].bytes;
	fbVarfield_t text;

	if (n == IPFIX_TEXT) {
		text = (fbVarfield_t){ .len = v->text.len, .buf = (uint8_t *)r->texts + v->text.at };
		return (uint8_t *)mempcpy(p, &text, sizeof(text));
	}
	return n == 16 ? (uint8_t *)mempcpy(p, v->address, n) : put_number(p, v->number, n);
}

static int append(struct ipfix_encoder *e, const struct template *t, uint8_t *packed, size_t n)
{
	GError *err = NULL;
	int result;

	if (!fBufSetInternalTemplate(e->buffer, t->number, &err) ||
	    !fBufSetExportTemplate(e->buffer, t->number, &err))
		return error_of(&err);
	if (!fBufAppend(e->buffer, packed, n, &err)) {
		result = error_of(&err);
		if (result == -EMSGSIZE)
			result = ipfix_encoder_flush(e);
		if (!result && !fBufAppend(e->buffer, packed, n, &err))
			result = error_of(&err);
		if (result)
			return result;
	}
	e->begun = true;
	return 0;
}

int ipfix_encoder_add(struct ipfix_encoder *e, const struct ipfix_record *r)
{
	uint8_t packed[IPFIX_N * sizeof(fbVarfield_t)], *p = packed;
	struct template like = { .options = r->options };
	const struct template *t;
	struct ipfix_record scoped;
	int result;

	if (r->options) {
		scoped = *r;
		scoped.has[IPFIX_DOMAIN_ID] = true;
		scoped.of[IPFIX_DOMAIN_ID].number = e->set.domain;
		r = &scoped;
	}
	for (size_t i = 0; i < IPFIX_N; i++) {
		like.has[i] = r->has[i] && (ipfix_elements[i].enterprise != IPFIX_OWN || e->set.enterprise);
		if (like.has[i])
			p = put(p, r, i);
	}
	result = find_template(e, &like, &t);
	return result ? result : append(e, t, packed, p - packed);
}
