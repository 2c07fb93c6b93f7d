"""What script/reference is made of: headers.py reads declarations and their comments, groups.py says what stands on
which page, proofs.py knows the rules and tests of a function, pages.py and compatibility.py write."""
