using System.Diagnostics;

namespace MLNmf.Tool.Tests;

public sealed class CancellationTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task A_cancelled_command_ends_with_130_and_writes_no_model()
    {
        _tool.Write("t.txt", string.Join('\n', ToolRun.TwoTopics()));
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        Assert.Equal(130, await _tool.Run(
            "", source.Token, "topics", _tool.File("t.txt"), "-o", _tool.File("t.zip")));
        Assert.Contains("Cancelled.", _tool.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_tool.File("t.zip")));
    }

    [Fact]
    public async Task Ctrl_C_leaves_a_checkpoint_from_which_the_fit_goes_on()
    {
        var random = new Random(5);
        // Topics that overlap, and many iterations: a fit that lasts.
        _tool.Write("t.txt", string.Join('\n', Enumerable.Range(0, 4000).Select(n => string.Join(
            ' ', Enumerable.Range(0, 30).Select(_ => "w" + (char)('a' + random.Next(26)) + (char)('a' + random.Next(26))
                + (char)('a' + (n % 3)))))));
        string[] command = ["topics", _tool.File("t.txt"), "--topics", "60", "--starts", "1000", "--iterations", "100",
            "-o", _tool.File("t.zip"), "--checkpoint", _tool.File("fit.ckpt")];
        using var process = Start(command);
        var started = Stopwatch.GetTimestamp();
        while (!File.Exists(_tool.File("fit.ckpt")) && Stopwatch.GetElapsedTime(started).TotalSeconds < 60
            && !process.HasExited)
        {
            await Task.Delay(50);
        }

        Assert.True(File.Exists(_tool.File("fit.ckpt")), "There was no checkpoint.");
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("with --resume goes on from", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_tool.File("t.zip")));
        Assert.Contains("--resume goes on from it", await _tool.Bad(command), StringComparison.Ordinal);

        // Another number of topics is another fit.
        Assert.Contains(
            "fit.ckpt", await _tool.Bad([.. command.Select(word => word == "60" ? "50" : word), "--resume"]),
            StringComparison.Ordinal);
    }

    private static Process Start(string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MLNmf.Tool.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
}
