# The targets of the Makefile for another upstream: each runs in the tree of the upstream, which
# .cache/upstreams has.

.PHONY: $(or $(MAKECMDGOALS),help)
$(or $(MAKECMDGOALS),help):
	@GO='$(GO)' hack/upstreams/tree.sh '$(UPSTREAM)'
	@$(MAKE) --no-print-directory -C '.cache/upstreams/$(UPSTREAM)' UPSTREAM= $@
