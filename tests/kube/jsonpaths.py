"""Templates and what kubectl prints for them, checked here and with kubectl itself."""

from typing import Any

OBJECT: dict[str, Any] = {
    "kind": "ConfigMap",
    "apiVersion": "v1",
    "metadata": {
        "name": "paths",
        "labels": {"app": "shop", "example.com/tier": "front"},
        "annotations": {"note": "<a & b>", "dots.in.it": "yes", "empty": ""},
        "finalizers": ["example.com/a", "example.com/b", "example.com/c", "example.com/d", "example.com/e"],
        "ownerReferences": [
            {"apiVersion": "v1", "kind": "Pod", "name": "one", "uid": "u-1", "controller": True},
            {"apiVersion": "v1", "kind": "Pod", "name": "two", "uid": "u-2", "controller": False},
            {"apiVersion": "v1", "kind": "Node", "name": "three", "uid": "u-3"},
        ],
    },
    "data": {"text": "grüße", "lines": "a\nb"},
    "immutable": True,
}
"""What an API server keeps as it is, and says again in the same words."""

O = ".metadata.ownerReferences"  # noqa: E741 - short, for the table
F = ".metadata.finalizers"

PRINTED: dict[str, str] = {
    "": "",
    "no braces }": "no braces }",
    "{.kind}": "ConfigMap",
    "{ .kind }": "ConfigMap",
    "{.kind}/{.metadata.name}": "ConfigMap/paths",
    "{$.kind}{@.kind}": "ConfigMapConfigMap",
    "{.kind}{'\\n'}{\"\\t\"}{.apiVersion}": "ConfigMap\n\tv1",
    "{.immutable}": "true",
    "{.nothing}": "",
    # fields, plain and quoted
    "{['kind']}": "ConfigMap",
    "{.metadata['name']}": "paths",
    "{.metadata.labels.example\\.com/tier}": "front",
    "{.metadata.labels['example\\.com/tier']}": "front",
    "{.metadata.annotations['dots\\.in\\.it']}": "yes",
    "{['metadata.labels.app']}": "shop",
    "{.metadata.annotations.note}": "<a & b>",
    "{.data.text}": "grüße",
    "{.data.lines}": "a\nb",
    # indexes and slices
    f"{{{F}[0]}}": "example.com/a",
    f"{{{F}[-1]}}": "example.com/e",
    f"{{{F}[1:3]}}": "example.com/b example.com/c",
    f"{{{F}[:2]}}": "example.com/a example.com/b",
    f"{{{F}[3:]}}": "example.com/d example.com/e",
    f"{{{F}[-2:]}}": "example.com/d example.com/e",
    f"{{{F}[:-4]}}": "example.com/a",
    f"{{{F}[::2]}}": "example.com/a example.com/c example.com/e",
    f"{{{F}[1:5:3]}}": "example.com/b example.com/e",
    f"{{{F}[2:2]}}": "",
    f"{{{F}[0,2]}}": "example.com/a example.com/c",
    f"{{{F}[-1, 0]}}": "example.com/e example.com/a",
    # wildcards and unions
    f"{{{O}[*].name}}": "one two three",
    f"{{{O}[*]['name','kind']}}": "one two three Pod Pod Node",
    "{['kind','apiVersion']}": "ConfigMap v1",
    "{['metadata.name', 'kind']}": "paths ConfigMap",
    f"{{{F}.*}}": " ".join(OBJECT["metadata"]["finalizers"]),
    # all the way down
    "{.metadata.ownerReferences[0]..uid}": "u-1",
    f"{{{O}..name}}": "one two three",
    "{.data..text}": "grüße",
    # filters
    f'{{{O}[?(@.name=="two")].uid}}': "u-2",
    f"{{{O}[?(@.name=='two')].uid}}": "u-2",
    f'{{{O}[?(@.name != "two")].uid}}': "u-1 u-3",
    f'{{{O}[?(@.name > "three")].name}}': "two",
    f'{{{O}[?(@.name <= "three")].name}}': "one three",
    f"{{{O}[?(@.controller)].name}}": "one two",
    f"{{{O}[?(@.controller==true)].name}}": "one",
    f"{{{O}[?(@.controller!=true)].name}}": "two",
    f"{{{O}[?(@.name==@.uid)].name}}": "",
    f"{{{O}[?(@.uid==@.uid)].name}}": "one two three",
    f'{{{F}[?(@=="example.com/b")]}}': "example.com/b",
    f'{{{O}[?(@.name==")]")].name}}': "",
    # ranges
    f"{{range {O}[*]}}{{.kind}} {{.name}}{{'\\n'}}{{end}}": "Pod one\nPod two\nNode three\n",
    f"{{range {O}[?(@.kind=='Pod')]}}[{{.name}}]{{end}} of {{.kind}}": "[one][two] of ConfigMap",
    f"{{range {F}[0,1]}}{{@}};{{end}}": "example.com/a;example.com/b;",
    "{range .nothing[*]}never {.kind}{end}after": "after",
    f"{{range {O}[0:2]}}<{{range ..name}}{{@}}{{end}}>{{end}}": "<one><two>",
    # objects and lists, and what stands for itself
    f"{{{O}[2]}}": '{"apiVersion":"v1","kind":"Node","name":"three","uid":"u-3"}',
    f"{{{F}[0:1]}}{{{F}}}": "example.com/a" + '["' + '","'.join(OBJECT["metadata"]["finalizers"]) + '"]',
    "{.metadata.annotations}": '{"dots.in.it":"yes","empty":"","note":"\\u003ca \\u0026 b\\u003e"}',
    "{.data}": '{"lines":"a\\nb","text":"grüße"}',
    "{1}{-2}{2.50}{true}{'it\\'s'}{\"\\u00e9\\x41\\101\"}": "1-22.5trueit'séAA",
}

REFUSED: dict[str, tuple[str, str]] = {
    "{.kind": ("{", "a brace is not closed"),
    "a {.kind\n}": ("{", "a brace is not closed"),
    "{kind}": ("kind", "'kind' is no word that it knows"),
    "{*}": ("*", "'*' stands where a field should"),
    "{.a..}{..*}": ("*", "'*' stands where a field should"),
    "{....a}": ("....", "it descends twice"),
    f"{{{F}[}}": ("[", "a bracket is not closed"),
    f"{{{F}[x]}}": ("x", "'x' is neither an index nor a slice"),
    f'{{{F}["x"]}}': ('"x"', "'\"x\"' is neither an index nor a slice"),
    f"{{{F}[-]}}": ("-", "'-' is neither an index nor a slice"),
    f"{{{F}[0,y]}}": ("y", "'y' is neither an index nor a slice"),
    f"{{{F}[?(@.a==1}}": ("[?(", "a filter is not closed"),
    f"{{{F}[?(@.a==1)}}": ("[?(@.a==1)", "a filter ends with )]"),
    f"{{{F}[?(foo==1)]}}": ("foo", "'foo' is no word that it knows"),
    f"{{{O}[?(@.name==Ready)]}}": ("Ready", "'Ready' is no word that it knows"),
    "{'a}": ("'a}", "a quoted text is not closed"),
    "{'\\q'}": ("\\q", "'\\\\q' is no escape"),
    "{1.2.3}": ("1.2.3", "this is no number"),
    "{+}": ("+", "this is no number"),
    "{end}": ("end", "it ends a range that none began"),
    # what kubectl refuses when it meets the object
    f"{{{F}[5]}}": ("[5]", "there is no place 5 in a list of 5"),
    f"{{{F}[-6]}}": ("[-6]", "there is no place -1 in a list of 5"),
    f"{{{F}[0:6]}}": ("[0:6]", "there is no place 5 in a list of 5"),
    f"{{{F}[3:1]}}": ("[3:1]", "place 3 does not come before place 1"),
    f"{{{F}[0:3:0]}}": ("0:3:0", "a step must be more than nothing"),
    "{.kind[0]}": ("[0]", "a text is no list"),
    "{.metadata[0]}": ("[0]", "an object is no list"),
    '{.metadata[?(@.name=="x")]}': ('[?(@.name=="x")]', "an object is no list that could be filtered"),
    f"{{{O}[?(@.name==1)]}}": ("[?(@.name==1)]", "a text and a number cannot be compared by =="),
    f"{{{O}[?(@.controller>true)]}}": (
        "[?(@.controller>true)]",
        "true or false and true or false cannot be compared by >",
    ),
    f"{{{O}[?(@.name=1)]}}": ("=", "'=' compares nothing"),
    f"{{{O}[?(@.*==1)]}}": ("[?(@.*==1)]", "a filter compares one value with one, and here are more"),
}
"""The part that is wrong, and what is said about it; kubectl refuses all of them too."""
