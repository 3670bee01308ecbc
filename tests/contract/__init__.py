"""The contract: what every engine must do, told on a toy corpus."""
