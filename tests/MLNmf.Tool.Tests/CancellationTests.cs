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

    /// <summary>Stopped by its token as by Ctrl+C, which <see cref="Program"/> makes of it.</summary>
    [Fact]
    public async Task A_fit_that_was_interrupted_and_goes_on_ends_with_the_same_bits()
    {
        var random = new Random(5);
        Nmf.Formats.NpyFile.Write<float>(
            _tool.File("v.npy"), [.. Enumerable.Range(0, 600 * 200).Select(_ => random.NextSingle())], 600, 200);
        string[] command = ["fit", _tool.File("v.npy"), "--rank", "30", "--starts", "200", "--beta", "0.5",
            "--iterations", "60", "-o", _tool.File("out/m.zip"), "--activations", _tool.File("out/h.npy"),
            "--components", _tool.File("out/w.npy")];
        string[] files = ["out/h.npy", "out/w.npy"];
        await _tool.Good(command);
        var expected = files.Select(file => File.ReadAllBytes(_tool.File(file))).ToList();
        Directory.Delete(_tool.File("out"), recursive: true);
        string[] again = [.. command, "--checkpoint", _tool.File("fit.ckpt")];
        using var source = new CancellationTokenSource();
        var run = Task.Run(() => _tool.Run("", source.Token, again));
        while (!File.Exists(_tool.File("fit.ckpt")) && !run.IsCompleted)
            await Task.Delay(10);
        await source.CancelAsync();
        Assert.Equal(130, await run);
        Assert.False(File.Exists(_tool.File(files[0])));
        await _tool.Good([.. again, "--resume"]);
        // The model itself has the time that its fit took.
        foreach (var (file, bytes) in files.Zip(expected))
            Assert.Equal(bytes, File.ReadAllBytes(_tool.File(file)));
    }

    private static Process Start(string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MLNmf.Tool.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
}
