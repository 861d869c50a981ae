#:property RestorePackagesWithLockFile=false
#:property ManagePackageVersionsCentrally=false
// Walks docs/walk.md as its reader does: dotnet run .ci/Walk.cs -- PAGE FOLDER CLONE VERSION
// In the page a block ```console is run in bash, in one session, line by line: a line behind "$ " is a command, the
// lines below it are what it prints (others may stand between them, "…" stands for anything). A comment
// <!-- write FILE --> above another block makes that file of it; a table (.csv) begins with the mark of UTF-8, as
// those of spreadsheets do. FOLDER is where all of it happens, CLONE is what the page calls MLNmf, and VERSION is that
// of the packages in CLONE/artifacts/packages.
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

var (page, folder, clone, version) = (args[0], Path.GetFullPath(args[1]), Path.GetFullPath(args[2]), args[3]);
Directory.CreateDirectory(folder);
if (!Directory.Exists(Path.Combine(folder, "MLNmf")))
    Directory.CreateSymbolicLink(Path.Combine(folder, "MLNmf"), clone);

var script = new StringBuilder("export DOTNET_CLI_HOME=$PWD/home PATH=$PATH:$PWD/home/.dotnet/tools\n");
var steps = new List<(int Line, string Command, List<string> Printed)>();
var lines = File.ReadAllLines(page);
string? file = null;
for (var i = 0; i < lines.Length; i++)
{
    if (Regex.Match(lines[i], @"^<!-- write (\S+) -->$") is { Success: true } write)
    {
        file = write.Groups[1].Value;
        continue;
    }

    if (!lines[i].StartsWith("```", StringComparison.Ordinal))
        continue;
    var (language, start) = (lines[i][3..], i + 1);
    i = Array.IndexOf(lines, "```", start);
    var block = lines[start..i];
    if (file is not null)
    {
        // When its turn comes: the folder may be made by the commands before it.
        var mark = file.EndsWith(".csv", StringComparison.Ordinal) ? "printf '\\xEF\\xBB\\xBF'; " : "";
        script.Append($"{{ {mark}cat <<'END_OF_FILE'\n{string.Join('\n', block)}\nEND_OF_FILE\n}} >'{file}'\n");
        file = null;
    }
    else if (language == "console")
    {
        foreach (var (offset, line) in block.Index())
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
                steps.Add((start + offset + 1, line[2..], []));
            else if (line.Length > 0)
                steps[^1].Printed.Add(line.TrimEnd());
            if (!line.StartsWith("$ ", StringComparison.Ordinal))
                continue;
            var command = Regex.IsMatch(line, "dotnet (tool install|add package) .*MLNmf")
                ? $"{line[2..]} --version {version}"
                : line.EndsWith(" &", StringComparison.Ordinal) ? $"{line[2..^2]} >background.log 2>&1 &"
                : line[2..];
            // A project is another one behind a link.
            command = command.Replace(" MLNmf/", $" {clone}/", StringComparison.Ordinal);
            script.Append($"printf '\\001{steps.Count - 1}\\n'\n{command}\n[ $? -eq 0 ] || printf '\\002%s\\n' $?\n");
        }
    }
}

using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", $"exec 2>&1\n{script}"])
{
    WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardInput = true,
})!;
bash.StandardInput.Close();
var printed = bash.StandardOutput.ReadToEnd().ReplaceLineEndings("\n").Split('\u0001');
var faults = 0;
foreach (var output in printed.Skip(1))
{
    var rest = output.Split('\n');
    var step = steps[int.Parse(rest[0])];
    Console.WriteLine($"$ {step.Command}\n{string.Join('\n', rest.Skip(1))}");
    var at = 1;
    foreach (var wanted in step.Printed)
    {
        var pattern = "^" + Regex.Escape(wanted).Replace("…", ".*") + "$";
        var found = Array.FindIndex(rest, at, line => Regex.IsMatch(line.TrimEnd(), pattern));
        if (found < 0)
            Fault(step.Line, $"this is not printed: {wanted}");
        else
            at = found + 1;
    }

    if (output.Contains('\u0002'))
        Fault(step.Line, "the command failed");
}

if (printed.Length - 1 != steps.Count)
    Fault(0, $"{printed.Length - 1} of {steps.Count} commands were run");
Console.WriteLine(faults == 0 ? $"{steps.Count} commands, all as the page says." : $"{faults} faults.");
return faults == 0 ? 0 : 1;

void Fault(int line, string what)
{
    faults++;
    Console.WriteLine($"{page}({line}): {what}");
}
