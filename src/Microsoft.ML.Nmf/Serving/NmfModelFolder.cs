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
        if (name.FirstOrDefault(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) is var bad and not '\0')
            throw new ArgumentException(
                $"The name of a model may have letters, digits, hyphens and underscores, but not '{bad}'.",
                nameof(name));
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
                .Select(number => int.TryParse(number, CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Where(version => version > 0)
                .Order()];
        }
    }

    /// <summary>The version that is pinned, or null.</summary>
    /// <exception cref="InvalidDataException">The file of the pin has no number in it.</exception>
    public int? Pinned
    {
        get
        {
            if (!File.Exists(PinPath))
                return null;
            var text = File.ReadAllText(PinPath).Trim();
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : throw new InvalidDataException($"The pin of the model '{_name}' is '{text}', not a number.");
        }
    }

    /// <summary>The version that is served: the one with the content of <see cref="ServedPath"/>; null when there is
    /// none.</summary>
    public int? Served
    {
        get
        {
            if (!File.Exists(ServedPath))
                return null;
            var served = File.ReadAllBytes(ServedPath);
            foreach (var version in Versions.Reverse())
            {
                var file = new FileInfo(PathOf(version));
                if (file.Length == served.Length && File.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(served))
                    return version;
            }

            return null;
        }
    }

    private string PinPath => Path.Combine(_folder, _name + ".pin");

    /// <summary>The file of a version, whether it exists or not.</summary>
    public string PathOf(int version)
        => Path.Combine(_folder, $"{_name}.{version.ToString(Digits, CultureInfo.InvariantCulture)}.zip");

    /// <summary>Saves a model as the next version and, unless a version is pinned, serves it.</summary>
    /// <param name="context">Any context.</param>
    /// <param name="model">The pipeline.</param>
    /// <param name="inputSchema">The schema of its input, or null.</param>
    /// <returns>The number of the version.</returns>
    /// <exception cref="IOException">The folder cannot be written; what was served is.</exception>
    public int Publish(MLContext context, ITransformer model, DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        Directory.CreateDirectory(_folder);
        var temporary = Temporary();
        try
        {
            context.Model.Save(model, inputSchema, temporary);
            var version = Claim(temporary);
            if (Pinned is null)
                Copy(version);
            return version;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Serves a version and keeps it served, whatever is published, until <see cref="Unpin"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such version; nothing has changed.</exception>
    public void Pin(int version)
    {
        Require(version);
        var temporary = Temporary();
        File.WriteAllText(temporary, version.ToString(CultureInfo.InvariantCulture));
        File.Move(temporary, PinPath, overwrite: true);
        Copy(version);
    }

    /// <summary>Pins the version before the one that is served.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOperationException">None is served, or there is none before it.</exception>
    public int RollBack()
    {
        var served = Served ?? throw new InvalidOperationException($"No version of the model '{_name}' is served.");
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
        if (Versions is [.., var newest])
            Copy(newest);
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
        for (var version = Versions is [.., var newest] ? newest + 1 : 1; ; version++)
        {
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

    private void Copy(int version)
    {
        Require(version);
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

    private string Temporary() => Path.Combine(_folder, $".{_name}.{Guid.NewGuid():N}.tmp");
}
