using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf.Formats;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>A row group of the files of a view.</summary>
/// <param name="Path">File.</param>
/// <param name="Group">Number in the file.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="FirstInFile">Number of the first row in the file.</param>
/// <param name="First">Number of the first row in the view.</param>
internal readonly record struct GroupOfView(string Path, int Group, int Rows, long FirstInFile, long First);

/// <summary>The rows of Parquet files. Nothing is held in memory but a row group for each cursor.</summary>
internal sealed class ParquetView : IDataView
{
    private readonly long _rows;

    private ParquetView(IHost host, List<ParquetColumn> columns, List<GroupOfView> groups)
    {
        (Host, Columns, Groups) = (host, columns, groups);
        _rows = groups.Sum(group => (long)group.Rows);
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            if (column.SlotNames is { } names)
                annotations.AddSlotNames(names);
            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }

        Schema = builder.ToSchema();
    }

    public IHost Host { get; }

    public IReadOnlyList<ParquetColumn> Columns { get; }

    /// <summary>Those with rows.</summary>
    public IReadOnlyList<GroupOfView> Groups { get; }

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public bool CanShuffle => false;

    /// <exception cref="MatrixFormatException">A file cannot be read.</exception>
    public static ParquetView Open(IHost host, string path, ParquetReadOptions options)
    {
        var files = new List<ParquetFile>();
        try
        {
            foreach (var file in PathsOf(path))
                files.Add(ParquetFile.Open(file));
            using var channel = host.Start("Loading");
            var columns = new ParquetColumns(files, options, text => channel.Warning(text)).Create();
            return new ParquetView(host, columns, GroupsOf(files));
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    /// <inheritdoc/>
    public long? GetRowCount() => _rows;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => GetRowCursorSet(columnsNeeded, 1, rand)[0];

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        Host.CheckValue(columnsNeeded, nameof(columnsNeeded));
        var active = new bool[Schema.Count];
        foreach (var column in columnsNeeded)
            active[column.Index] = true;
        var cursors = new DataViewRowCursor[
            Math.Clamp(n <= 0 ? Environment.ProcessorCount : n, 1, Math.Max(1, Groups.Count))];
        for (var i = 0; i < cursors.Length; i++)
            cursors[i] = new ParquetCursor(this, active, i, cursors.Length);
        return cursors;
    }

    /// <summary>The files of a path, and what tells whether one is another.</summary>
    public static Mark[] MarksOf(string path) => [.. PathsOf(path).Select(MarkOf)];

    /// <summary>What tells whether a file is another.</summary>
    public static Mark MarkOf(string file)
    {
        var info = new FileInfo(file);
        return new Mark(file, info.Exists ? info.Length : -1, info.LastWriteTimeUtc);
    }

    private static string[] PathsOf(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        // Other programs leave marks such as _SUCCESS beside the parts of a table.
        string[] files = [.. Directory.EnumerateFiles(path, "*.parquet", SearchOption.TopDirectoryOnly)
            .Where(file => Path.GetFileName(file)[0] is not ('_' or '.')).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files
            : throw new FileNotFoundException($"The folder {path} has no files .parquet.", path);
    }

    /// <summary>What tells a file from the one that was there before.</summary>
    public readonly record struct Mark(string Path, long Length, DateTime Written);

    private static List<GroupOfView> GroupsOf(List<ParquetFile> files)
    {
        var groups = new List<GroupOfView>();
        long first = 0;
        foreach (var file in files)
        {
            long inFile = 0;
            for (var group = 0; group < file.GroupCount; group++)
            {
                var rows = (int)file.RowsOf(group);
                if (rows > 0)
                    groups.Add(new GroupOfView(file.Path, group, rows, inFile, first));
                (inFile, first) = (inFile + rows, first + rows);
            }
        }

        return groups;
    }
}
