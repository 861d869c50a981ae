using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>Writes columns of a view as a Parquet file, row group by row group.</summary>
internal sealed class ParquetExport
{
    private const int MostRowsOfGroup = 1 << 17;
    private const long ValuesOfGroup = 1 << 22;
    private const int RowsBetweenChecks = 1024;

    private readonly IHost _host;
    private readonly IDataView _data;
    private readonly ParquetWriteOptions _options;
    private readonly List<ColumnExport> _columns;

    public ParquetExport(IHost host, IDataView data, ParquetWriteOptions options)
    {
        (_host, _data, _options) = (host, data, options);
        host.CheckUserArg(
            options.RowsPerGroup is null or >= 1, nameof(options.RowsPerGroup),
            "The number of rows of a row group must be greater than zero.");
        var names = options.Columns
            ?? [.. data.Schema.Where(column => !column.IsHidden).Select(column => column.Name)];
        host.CheckUserArg(names.Count > 0, nameof(options.Columns), "There is no column to write.");
        foreach (var name in names.GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            throw host.ExceptUserArg(nameof(options.Columns), $"The column '{name.Key}' is named twice.");
        foreach (var name in options.SparseColumns.Except(names))
            throw host.ExceptUserArg(
                nameof(options.SparseColumns), $"The column '{name}' is to be sparse, but it is not written.");
        _columns = [.. names.Select(Export)];
    }

    public void Write(string path, CancellationToken cancellationToken)
    {
        var schema = new ParquetSchema(_columns.Select(column => column.Field));
        var temporary = path + ".partial";
        try
        {
            // The library waits for files: on a thread of the pool, because some callers must not be waited on.
            Task.Run(() => WriteAsync(temporary, schema, cancellationToken), cancellationToken)
                .GetAwaiter().GetResult();
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private ColumnExport Export(string name)
    {
        if (_data.Schema.GetColumnOrNull(name) is not { } column)
            throw _host.ExceptUserArg(
                nameof(_options.Columns), $"There is no column '{name}'; there are "
                + $"{string.Join(", ", _data.Schema.Select(c => c.Name))}.");
        var isSparse = _options.SparseColumns.Contains(name);
        return ColumnExport.Of(column, isSparse) ?? throw _host.ExceptUserArg(
            nameof(_options.Columns), isSparse
                ? $"The column '{name}' is of type {column.Type}: only vectors of Singles or Doubles are written "
                    + "sparse."
                : $"The column '{name}' is of type {column.Type}, which has no counterpart in a Parquet file. Leave it "
                    + "out with Columns, or convert it.");
    }

    private async Task WriteAsync(string path, ParquetSchema schema, CancellationToken cancellationToken)
    {
        var stream = File.Create(path);
        await using var _ = stream.ConfigureAwait(false);
        var writer = await ParquetWriter.CreateAsync(schema, stream, Options(), false, cancellationToken)
            .ConfigureAwait(false);
        await using var __ = writer.ConfigureAwait(false);
        var stored = _columns.Where(column => column.Stored is not null)
            .ToDictionary(column => column.Column.Name, column => column.Stored!);
        if (stored.Count > 0)
            writer.CustomMetadata = new Dictionary<string, string>
            {
                [StoredColumns.Key] = new StoredColumns(StoredColumns.CurrentVersion, stored).ToJson(),
            };
        using var cursor = _data.GetRowCursor(_columns.Select(column => column.Column));
        foreach (var column in _columns)
            column.Bind(cursor);
        var rows = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Position % RowsBetweenChecks == 0)
            {
                _host.CheckAlive();
                cancellationToken.ThrowIfCancellationRequested();
            }

            long values = 0;
            foreach (var column in _columns)
            {
                column.Add();
                values += column.Values;
            }

            if (++rows >= (_options.RowsPerGroup ?? MostRowsOfGroup)
                || (_options.RowsPerGroup is null && values >= ValuesOfGroup))
            {
                await WriteGroup(writer, cancellationToken).ConfigureAwait(false);
                rows = 0;
            }
        }

        if (rows > 0)
            await WriteGroup(writer, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteGroup(ParquetWriter writer, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in _columns)
            await column.FlushAsync(group, cancellationToken).ConfigureAwait(false);
        group.CompleteValidate();
    }

    private ParquetOptions Options() => new()
    {
        CompressionMethod = _options.Compression switch
        {
            CompressionLevel.NoCompression => CompressionMethod.None,
            CompressionLevel.SmallestSize => CompressionMethod.Zstd,
            _ => CompressionMethod.Snappy,
        },
        CompressionLevel = _options.Compression,
    };
}
