using System.Runtime.InteropServices;

namespace TopicModel.Evaluation;

/// <summary>
/// Keeps native code from printing: ML.NET's LDA reports every few iterations with C's <c>printf</c>, past
/// <see cref="Console"/> and without an option to stop it. Works on Unix, where .NET's console has a handle of its own;
/// elsewhere nothing happens.
/// </summary>
internal sealed partial class NativeOutput : IDisposable
{
    private const int StandardOutput = 1;
    private const int WriteOnly = 1;

    private readonly int _saved = -1;

    private NativeOutput()
    {
        if (OperatingSystem.IsWindows())
            return;
        // Console duplicates the descriptor when it is first used: make it do so before the
        // descriptor points elsewhere.
        Console.Out.Flush();
        _ = Flush(IntPtr.Zero);
        _saved = Duplicate(StandardOutput);
        var nowhere = Open("/dev/null", WriteOnly);
        if (_saved < 0 || nowhere < 0)
            return;
        _ = Duplicate(nowhere, StandardOutput);
        _ = Close(nowhere);
    }

    /// <summary>Silence until the result is disposed.</summary>
    public static NativeOutput Silence() => new();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_saved < 0)
            return;
        _ = Flush(IntPtr.Zero);
        _ = Duplicate(_saved, StandardOutput);
        _ = Close(_saved);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int descriptor, int onto);

    [LibraryImport("libc", EntryPoint = "fflush")]
    private static partial int Flush(IntPtr allStreams);
}
