using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Nmf.Mutation;

internal enum Outcome
{
    Survived,
    Killed,
    TimedOut,
    DoesNotCompile,
}

/// <summary>A copy of a built test project, whose library is replaced by mutants.</summary>
internal sealed partial class TestProgram : IDisposable
{
    private static readonly string Output = Path.Combine("bin", "Release", "net10.0");

    private readonly DirectoryInfo _folder;
    private readonly string _output;
    private readonly string _program;

    /// <param name="project">Folder of the test project, built in Release.</param>
    public TestProgram(string project)
    {
        // Beside the project: tests look for pages above themselves, and for programs and data beside their project.
        project = Path.GetFullPath(project).TrimEnd(Path.DirectorySeparatorChar);
        _folder = Directory.CreateDirectory(
            Path.Combine(Path.GetDirectoryName(project)!, $".mutation-{Environment.ProcessId}"));
        _output = Path.Combine(_folder.FullName, Output);
        var built = Path.Combine(project, Output);
        foreach (var file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories))
        {
            var copy = PathOf(Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        _program = PathOf(Path.GetFileName(project) + ".dll");
    }

    public string PathOf(string file) => Path.Combine(_output, file);

    /// <summary>Runs tests until the first that fails.</summary>
    /// <param name="classes">Classes of tests, * standing for anything, - in front for all but these; none for
    /// all.</param>
    /// <param name="longest">The time after which the mutant is taken for one that never ends.</param>
    /// <returns>What became of the mutant, and the test that told.</returns>
    public (Outcome Outcome, string Test) Run(IReadOnlyList<string> classes, TimeSpan longest)
    {
        string[] arguments = ["exec", _program, "-noLogo", "-noColor", "-stopOnFail",
            .. classes.SelectMany(name => name[0] == '-' ? new[] { "-class-", name[1..] } : ["-class", name])];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _output
        };

        // A mutant that asks for all memory is to fail, not the machine.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x80000000";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(longest))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return (Outcome.TimedOut, "");
        }

        var failed = FailedTest().Match(output.Result);
        _ = errors.Result;
        return process.ExitCode == 0
            ? (Outcome.Survived, "")
            : (Outcome.Killed, failed.Success ? failed.Groups[1].Value : "the process ended");
    }

    public void Dispose() => _folder.Delete(true);

    [GeneratedRegex(@"^\s*(\S.*?) \[FAIL\]", RegexOptions.Multiline)]
    private static partial Regex FailedTest();
}
