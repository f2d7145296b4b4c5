"""The import contract that import-linter lacks: a layer imports what its row names, no more."""

import sys
from typing import Any

from importlinter import Contract, ContractCheck, fields, output


class ImportsOnlyContract(Contract):
    """Hold modules to themselves, the standard library and the packages on their list."""

    type_name = "imports_only"

    # import-linter turns these declarations into lists of names on the instance.
    modules: Any = fields.ListField(subfield=fields.StringField())
    allowed: Any = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        """Collect each import that leaves the list, wherever in a module it stands."""
        violations = []
        for root in self.modules:
            if root not in graph.modules:
                raise ValueError(f"the contract names {root}, which does not exist")
            for module in {root, *graph.find_descendants(root)}:
                for imported in graph.find_modules_directly_imported_by(module):
                    if not self._is_allowed(imported, root):
                        violations.append(f"{module} -> {imported}")
        return ContractCheck(kept=not violations, metadata={"violations": sorted(violations)})

    def _is_allowed(self, imported: str, root: str) -> bool:
        if imported.split(".")[0] in sys.stdlib_module_names:
            return True
        return any(f"{imported}.".startswith(f"{name}.") for name in (root, *self.allowed))

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that is not allowed."""
        for violation in check.metadata["violations"]:
            output.print_error(f"- {violation}")
