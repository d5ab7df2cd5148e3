class _Builder:
    files: list[str]
    def load_file(self, filename: str) -> None: ...

Builder: _Builder
