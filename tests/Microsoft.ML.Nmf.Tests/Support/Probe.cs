using System.Diagnostics;

namespace MLNmf.Tests;

/// <summary>Programs beside this one that tests start as processes of their own.</summary>
internal static class Probe
{
    /// <summary>How to start a probe; its output and errors are redirected.</summary>
    public static ProcessStartInfo Start(string project, params string[] arguments)
    {
        // All projects build into bin/<configuration>/<framework> of their own folders.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var tests = output.Parent!.Parent!.Parent!.Parent!;
        var program = Path.Combine(tests.FullName, project, "bin", output.Parent.Name, output.Name, project + ".dll");
        Assert.True(File.Exists(program), $"{program} was not built.");
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
