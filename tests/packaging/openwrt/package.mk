# SPDX-License-Identifier: GPL-2.0-or-later
# Stand-in for OpenWrt's package.mk: `make facts` prints what a package says of itself, and
# `make install-PACKAGE` follows its recipe into $(ROOT).
$(foreach name,PKG_NAME PKG_VERSION PKG_RELEASE PKG_SOURCE PKG_LICENSE,$(if $($(name)),,$(error $(name) is not set)))

facts:
	@echo 'source $(PKG_SOURCE)'
	@echo 'configure $(CONFIGURE_ARGS)'

define BuildPackage
  DEPENDS :=
  TITLE :=
  $$(eval $$(Package/$(1)))
  $$(foreach name,SECTION CATEGORY TITLE DEPENDS,$$(if $$($$(name)),,$$(error Package/$(1): $$(name) is not set)))
  $$(if $$(Package/$(1)/description),,$$(error Package/$(1)/description is not set))
  DEPENDS_$(1) := $$(DEPENDS)
  facts: facts-$(1)
  facts-$(1):
	@echo 'depends $(1) $$(DEPENDS_$(1))'
  install-$(1):
	$$(call Package/$(1)/install,$$(ROOT))
endef
