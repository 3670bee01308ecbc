"""Numbers out of graphs: CSR arrays in, arrays out."""
