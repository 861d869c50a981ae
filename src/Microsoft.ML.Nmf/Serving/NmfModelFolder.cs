using System.Globalization;

namespace Microsoft.ML;

/// <summary>
/// A folder with all versions of one model and the one that is served: <c>topics.000001.zip</c>,
/// <c>topics.000002.zip</c>, … and <c>topics.zip</c>, a copy of one of them, which a predictor follows. While a version
/// is pinned, newer ones are kept but not served.
/// </summary>
/// <remarks>Several processes may publish at once; each file is written under another name first and renamed, so that
/// no reader ever sees a part of one. Nothing but files is needed: it works on network drives and mounted volumes. Each
/// call reads the folder anew.</remarks>
public sealed class NmfModelFolder
{
    private const string Digits = "000000";

    private readonly string _folder;
    private readonly string _name;

    /// <summary>Names a folder. Nothing is read or written yet.</summary>
    /// <param name="folder">The folder; made by the first <see cref="Publish"/>.</param>
    /// <param name="name">Name of the model: letters, digits, hyphens and underscores.</param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    public NmfModelFolder(string folder, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        foreach (var sign in name)
        {
            if (!char.IsAsciiLetterOrDigit(sign) && sign is not ('-' or '_'))
                throw new ArgumentException(
                    $"The name of a model may have letters, digits, hyphens and underscores, but not '{sign}'.",
                    nameof(name));
        }

        (_folder, _name) = (Path.GetFullPath(folder), name);
    }

    /// <summary>The file to serve: <see cref="NmfPredictorOptions.Path"/>.</summary>
    public string ServedPath => Path.Combine(_folder, _name + ".zip");

    /// <summary>The versions that are there, ascending.</summary>
    public IReadOnlyList<int> Versions
    {
        get
        {
            if (!Directory.Exists(_folder))
                return [];
            return [.. Directory.EnumerateFiles(_folder, _name + ".*.zip")
                .Select(path => Path.GetFileName(path)[(_name.Length + 1)..^".zip".Length])
                .Where(number => number.Length >= Digits.Length && number.All(char.IsAsciiDigit))
                .Select(number => (Digits: number, IsOne: int.TryParse(
                    number, NumberStyles.None, CultureInfo.InvariantCulture, out var version), Version: version))
                // A zero more in front is the file of another tool.
                .Where(file => file.IsOne && file.Version > 0 && file.Digits == Written(file.Version))
                .Select(file => file.Version).Order()];
        }
    }

    /// <summary>The version that is pinned, or null.</summary>
    /// <exception cref="InvalidDataException">The file of the pin has no number in it.</exception>
    public int? Pinned => ReadPin() is not { } text ? null : VersionOf(text) ?? throw new InvalidDataException(
        $"The pin of the model '{_name}' is '{text}', not a number: Pin or Unpin writes it anew.");

    /// <summary>The version that is served: the one with the content of <see cref="ServedPath"/>, of several that are
    /// the same the pinned one, else the newest; null when there is none.</summary>
    public int? Served
    {
        get
        {
            if (!File.Exists(ServedPath))
                return null;
            var served = File.ReadAllBytes(ServedPath);
            var pinned = ReadPin() is { } text ? VersionOf(text) : null;
            foreach (var version in Versions.Reverse().OrderByDescending(version => version == pinned))
            {
                try
                {
                    var file = new FileInfo(PathOf(version));
                    if (file.Length == served.Length && File.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(served))
                        return version;
                }
                catch (FileNotFoundException)
                {
                    // Another process has pruned it meanwhile.
                }
            }

            return null;
        }
    }

    private string PinPath => Path.Combine(_folder, _name + ".pin");

    /// <summary>The file of a version, whether it exists or not.</summary>
    public string PathOf(int version)
        => Path.Combine(_folder, $"{_name}.{Written(version)}.zip");

    /// <summary>Saves a model as the next version and, unless a version is pinned, serves it. What processes that were
    /// ended meanwhile have left here is deleted once it is a day old.</summary>
    /// <param name="context">Any context.</param>
    /// <param name="model">The pipeline.</param>
    /// <param name="inputSchema">The schema of its input, or null.</param>
    /// <returns>The number of the version.</returns>
    /// <exception cref="IOException">The folder cannot be written (<see cref="UnauthorizedAccessException"/> where that
    /// is not allowed); what was served is.</exception>
    /// <exception cref="InvalidDataException">The file of the pin has no number in it; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">The numbers are used up.</exception>
    public int Publish(MLContext context, ITransformer model, DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        Directory.CreateDirectory(_folder);
        _ = Pinned;
        DeleteLeftovers();
        var temporary = Temporary();
        try
        {
            context.Model.Save(model, inputSchema, temporary);
            var version = Claim(temporary);
            if (Pinned is null)
                Serve();
            return version;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Serves a version and keeps it served, whatever is published, until <see cref="Unpin"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such version; nothing has changed.</exception>
    /// <exception cref="IOException">The folder cannot be written (<see cref="UnauthorizedAccessException"/> where that
    /// is not allowed); the pin is as it was.</exception>
    public void Pin(int version)
    {
        Require(version);
        var before = ReadPin();
        WritePin(version.ToString(CultureInfo.InvariantCulture));
        try
        {
            Serve();
        }
        catch (Exception)
        {
            if (before is null)
                File.Delete(PinPath);
            else
                WritePin(before);
            throw;
        }
    }

    /// <summary>Pins the version before the one that is served, or before a pinned one that was deleted.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOperationException">None is served, or there is none before it.</exception>
    public int RollBack()
    {
        var served = Served ?? (ReadPin() is { } text ? VersionOf(text) : null)
            ?? throw new InvalidOperationException($"No version of the model '{_name}' is served.");
        var before = Versions.Where(version => version < served).DefaultIfEmpty(0).Max();
        if (before == 0)
            throw new InvalidOperationException(
                $"There is no version of the model '{_name}' before version {served}.");
        Pin(before);
        return before;
    }

    /// <summary>Ends a pin and serves the newest version.</summary>
    public void Unpin()
    {
        File.Delete(PinPath);
        Serve();
    }

    /// <summary>Deletes old versions, but never the one that is served or pinned.</summary>
    /// <param name="keep">Number of the newest versions that stay, at least 1.</param>
    /// <returns>The versions that were deleted.</returns>
    public IReadOnlyList<int> Prune(int keep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        int?[] spared = [Served, Pinned];
        int[] old = [.. Versions.SkipLast(keep).Where(version => !spared.Contains(version))];
        foreach (var version in old)
            File.Delete(PathOf(version));
        return old;
    }

    // The next number that nobody else takes meanwhile. A file system creates a file once, but may rename over one that
    // has just come: who has created the mark of a number may use it. A mark that a crash has left costs its number.
    private int Claim(string file)
    {
        for (var version = Versions is [.., var newest] ? newest : 0; ;)
        {
            if (version++ == int.MaxValue)
                throw new InvalidOperationException(
                    $"There is no number for a version of the model '{_name}' after {int.MaxValue}.");
            var mark = PathOf(version) + ".mark";
            try
            {
                using var claim = new FileStream(mark, FileMode.CreateNew);
            }
            catch (IOException) when (File.Exists(mark) || File.Exists(PathOf(version)))
            {
                continue;
            }

            try
            {
                if (File.Exists(PathOf(version)))
                    continue;
                File.Move(file, PathOf(version));
                return version;
            }
            finally
            {
                File.Delete(mark);
            }
        }
    }

    // What is to be served may change while it is copied, by a pin or a newer version of another process. Whoever has
    // copied looks again, so that the last copy is the right one.
    private void Serve()
    {
        for (int? last = null; ;)
        {
            var pinned = Pinned;
            var wanted = pinned ?? (Versions is [.., var newest] ? newest : null);
            if (wanted is not { } version || version == last)
                return;
            try
            {
                Copy(version);
                last = version;
            }
            catch (FileNotFoundException) when (!File.Exists(PathOf(version)))
            {
                // Pruned meanwhile; or a pinned version that was deleted: what was served goes on.
                if (pinned is not null)
                    return;
            }
        }
    }

    private void Copy(int version)
    {
        var temporary = Temporary();
        try
        {
            File.Copy(PathOf(version), temporary);
            // The time says when it began to serve, and tells a predictor that the file has changed.
            File.SetLastWriteTimeUtc(temporary, DateTime.UtcNow);
            File.Move(temporary, ServedPath, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void Require(int version)
    {
        if (!File.Exists(PathOf(version)))
            throw new FileNotFoundException(
                $"There is no version {version} of the model '{_name}'; there are "
                + $"{(Versions.Count == 0 ? "none" : string.Join(", ", Versions))}.", PathOf(version));
    }

    // Nobody takes a day to write a file; the clock of a network drive may differ by less.
    private void DeleteLeftovers()
    {
        string[] left =
        [
            .. Directory.EnumerateFiles(_folder, $".{_name}.*.tmp").Where(path => Guid.TryParseExact(
                Path.GetFileName(path)[(_name.Length + 2)..^".tmp".Length], "N", out _)),
            .. Directory.EnumerateFiles(_folder, $"{_name}.*.zip.mark"),
        ];
        foreach (var path in left)
        {
            try
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > TimeSpan.FromDays(1))
                    File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another process has, or may.
            }
        }
    }

    private static string Written(int version) => version.ToString(Digits, CultureInfo.InvariantCulture);

    private static int? VersionOf(string pin)
        => int.TryParse(pin, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    private string? ReadPin()
    {
        try
        {
            return File.ReadAllText(PinPath).Trim();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void WritePin(string text)
    {
        var temporary = Temporary();
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, PinPath, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private string Temporary() => Path.Combine(_folder, $".{_name}.{Guid.NewGuid():N}.tmp");
}
