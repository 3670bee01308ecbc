"""The query language: text -> AST -> (rewritten) AST; engines translate the AST, nobody passes engine dictionaries."""
