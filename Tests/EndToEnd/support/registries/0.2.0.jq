# What dev-infra-registry(5) of 0.2.0 says of a file, by the path that it has: true where it is so. Keys of other names may be
# there, and hold anything.
def hex(n): type == "string" and test("^[0-9a-f]{\(n)}$");
def time: type == "string" and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$");
def each_text(keys): . as $file | all(keys[]; . as $key | ($file | has($key) | not) or ($file[$key] | type == "string" and length <= 65536));
def one_of(key; words): (has(key) | not) or (.[key] | IN(words[]));
if $path | test("^projects/[0-9a-f]{2}/[0-9a-f]{38}\\.json$") then
  "projects/\(.id[0:2])/\(.id[2:]).json" == $path
  and (.identity | type == "string" and length > 0)
  and (.name | type == "string" and length > 0 and length <= 200 and (test("[\u0000-\u001f\u007f-\u009f]") | not))
  and (.created | type == "string" and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
  and (.status | IN("active", "paused", "completed", "cancelled"))
  and (.updated | time) and (.updated_by | hex(16))
  and one_of("classification"; ["primary", "secondary", "archive", "maintenance"])
  and one_of("project_type"; ["Work", "Personal", "Learning", "Inactive"])
  and one_of("distinct"; [true])
  and ((has("root_commit") | not) or (.root_commit | hex(40)))
  and ((has("homepage") | not) or (.homepage | type == "string" and test("^https?://")))
  and ((has("tags") | not) or (.tags | type == "array" and length > 0 and length <= 100 and . == unique and all(.[]; type == "string" and length <= 100)))
  and each_text(["clone_options", "default_branch", "description", "homepage", "organization", "remote_url", "subdirectory", "template", "version"])
elif $path | test("^machines/[0-9a-f]{16}/machine\\.json$") then
  "machines/\(.id)/machine.json" == $path and (.first_seen | time) and each_text(["name", "system", "home"])
elif $path | test("^machines/[0-9a-f]{16}/checkouts/[0-9a-f]{2}/[0-9a-f]{38}\\.json$") then
  (.paths | type == "array" and length > 0 and length <= 1000 and all(.[]; (.path | type == "string") and (.kind | IN("main", "worktree", "bare"))))
  and ((has("remotes") | not) or (.remotes | type == "object" and all(.[]; type == "string")))
  and each_text(["first", "default_branch"])
else
  # Files of names that it does not know are carried along.
  true
end
