# Every verb stands in make.py; where there is no make: python make.py VERB.
VERBS := help setup run test check bench server build lock server-packages

.DEFAULT_GOAL := help
.PHONY: $(VERBS)
$(VERBS):
	@python3 make.py $@
