using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf.Hyperspectral;

namespace Microsoft.ML.Transforms.Hyperspectral;

/// <summary>Writes a column of a view as a picture, row by row.</summary>
internal sealed class EnviExport
{
    private const int RowsBetweenChecks = 4096;
    private const string RowsParameter = "data";

    private readonly IHost _host;
    private readonly IDataView _data;
    private readonly DataViewSchema.Column _column;
    private readonly EnviHeader _scene;

    public EnviExport(IHost host, IDataView data, string columnName, EnviHeader scene)
    {
        (_host, _data, _scene) = (host, data, scene);
        if (data.Schema.GetColumnOrNull(columnName) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(columnName), "map", columnName);
        if (column.Type.GetItemType() != NumberDataViewType.Single || column.Type.GetValueCount() == 0)
            throw host.ExceptSchemaMismatch(
                nameof(columnName), "map", columnName, "a Single or a vector of Singles of known size",
                column.Type.ToString());
        _column = column;
    }

    public void Write(string path, EnviInterleave interleave)
    {
        using var writer = EnviWriter.Create(path, Header(interleave));
        var (row, column) = (_data.Schema.GetColumnOrNull(EnviView.RowColumnName),
            _data.Schema.GetColumnOrNull(EnviView.ColumnColumnName));
        var placed = row?.Type == NumberDataViewType.Int32 && column?.Type == NumberDataViewType.Int32;
        var (values, missing) = (new float[writer.Header.Bands], new float[writer.Header.Bands]);
        Array.Fill(missing, float.NaN);
        using (var cursor = _data.GetRowCursor(placed ? [_column, row!.Value, column!.Value] : [_column]))
        {
            var (getRow, getColumn) =
                placed ? (cursor.GetGetter<int>(row!.Value), cursor.GetGetter<int>(column!.Value)) : (null, null);
            var (line, sample) = (0, 0);
            var read = Reader(cursor);
            while (cursor.MoveNext())
            {
                if (cursor.Position % RowsBetweenChecks == 0)
                    _host.CheckAlive();
                if (getRow is not null)
                {
                    getRow(ref line);
                    getColumn!(ref sample);
                    Skip(writer, Pixel(line, sample), missing);
                }

                _host.CheckUserArg(
                    writer.Pixels < _scene.Pixels, RowsParameter,
                    $"There are more rows than the {_scene.Pixels} pixels of the scene.");
                read(values);
                writer.Write(values);
            }
        }

        if (placed)
            Skip(writer, _scene.Pixels, missing);
        _host.CheckUserArg(
            writer.Pixels == _scene.Pixels, RowsParameter,
            $"There are {writer.Pixels} rows without columns 'Row' and 'Column', "
            + $"but the scene has {_scene.Pixels} pixels.");
        writer.Complete();
    }

    /// <summary>Copies the value of the current row, dense.</summary>
    private Action<float[]> Reader(DataViewRowCursor cursor)
    {
        if (_column.Type is not VectorDataViewType)
        {
            var getSingle = cursor.GetGetter<float>(_column);
            return values => getSingle(ref values[0]);
        }

        var (getVector, vector) = (cursor.GetGetter<VBuffer<float>>(_column), default(VBuffer<float>));
        return values =>
        {
            getVector(ref vector);
            vector.CopyTo(values);
        };
    }

    private long Pixel(int row, int column)
    {
        _host.CheckUserArg(
            row >= 0 && row < _scene.Lines && column >= 0 && column < _scene.Samples,
            RowsParameter,
            $"There is a row for line {row}, sample {column}, "
                + $"which the scene of {_scene.Lines} lines and {_scene.Samples} samples does not have.");
        return ((long)row * _scene.Samples) + column;
    }

    /// <summary>Fills up to a pixel with NaN.</summary>
    private void Skip(EnviWriter writer, long pixel, ReadOnlySpan<float> missing)
    {
        _host.CheckUserArg(
            pixel >= writer.Pixels,
            RowsParameter,
            $"The row for line {pixel / _scene.Samples}, sample {pixel % _scene.Samples} comes after one "
                + "for a later pixel or the same: rows must be in the order of the pixels.");
        while (writer.Pixels < pixel)
            writer.Write(missing);
    }

    /// <summary>The header of the maps; where the slots have wavelengths, as those of spectra do, these in place of
    /// names that say the same.</summary>
    private EnviHeader Header(EnviInterleave interleave)
    {
        var names = Names();
        var header = _scene.ForMaps(names, interleave);
        if (Wavelengths(names.Length) is not { } wavelengths)
            return header;
        header = header with { Wavelengths = wavelengths, WavelengthUnits = WavelengthUnits() };
        if (Bands(wavelengths) is { } bands)
        {
            return header with
            {
                BandNames = _scene.BandNames is { } own ? Array.ConvertAll(bands, band => own[band]) : null,
                FullWidthsAtHalfMaximum = _scene.FullWidthsAtHalfMaximum is { } widths
                    ? Array.ConvertAll(bands, band => widths[band])
                    : null,
            };
        }

        return Enumerable.Range(0, names.Length).All(band => header.BandLabel(band) == names[band])
            ? header with { BandNames = null }
            : header;
    }

    // The bands of the scene that have these wavelengths; null where one has none, or not one alone.
    private int[]? Bands(double[] wavelengths)
    {
        if (_scene.Wavelengths is not { } own || _scene.IsSpectralLibrary || own.Distinct().Count() != own.Count)
            return null;
        var places = Enumerable.Range(0, own.Count).ToDictionary(band => own[band]);
        return wavelengths.All(places.ContainsKey) ? Array.ConvertAll(wavelengths, w => places[w]) : null;
    }

    private double[]? Wavelengths(int count)
    {
        var type =
            _column.Annotations.Schema.GetColumnOrNull(EnviCatalog.WavelengthsAnnotation)?.Type as VectorDataViewType;
        if (type?.Size != count || type.ItemType != NumberDataViewType.Double)
            return null;
        var wavelengths = default(VBuffer<double>);
        _column.Annotations.GetValue(EnviCatalog.WavelengthsAnnotation, ref wavelengths);
        return [.. wavelengths.DenseValues()];
    }

    private string? WavelengthUnits()
    {
        if (_column.Annotations.Schema.GetColumnOrNull(EnviCatalog.WavelengthUnitsAnnotation)?.Type
            is not TextDataViewType)
        {
            return null;
        }
        var units = default(ReadOnlyMemory<char>);
        _column.Annotations.GetValue(EnviCatalog.WavelengthUnitsAnnotation, ref units);
        return units.ToString();
    }

    private string[] Names()
    {
        var slotNames = default(VBuffer<ReadOnlyMemory<char>>);
        if (_column.HasSlotNames())
            _column.GetSlotNames(ref slotNames);
        return slotNames.Length > 0 ? [.. slotNames.DenseValues().Select(name => name.ToString())]
            : _column.Type is VectorDataViewType vector ? [.. Enumerable.Range(0, vector.Size).Select(
                slot => $"{_column.Name}{slot}")]
            : [_column.Name];
    }
}
