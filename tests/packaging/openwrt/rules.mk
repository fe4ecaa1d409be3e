# SPDX-License-Identifier: GPL-2.0-or-later
# Stand-in for OpenWrt's rules.mk: the commands that recipes use.
INSTALL_DIR := install -d -m 0755
INSTALL_BIN := install -m 0755
INSTALL_DATA := install -m 0644
INSTALL_CONF := install -m 0600
PKG_INSTALL_DIR = $(INSTALLED)
.DEFAULT_GOAL := facts
