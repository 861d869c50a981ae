using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Hyperspectral;

namespace MLNmf.Tests;

public sealed class EnviTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("envi-").FullName;
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(EnviInterleave.Bsq)]
    [InlineData(EnviInterleave.Bil)]
    [InlineData(EnviInterleave.Bip)]
    public void Pixels_come_line_by_line_with_their_place_and_named_slots(EnviInterleave interleave)
    {
        var header = new EnviHeader { Samples = 3, Lines = 2, Bands = 4, Interleave = interleave, Wavelengths = [
            0.4, 0.5, 0.65, 2.5], WavelengthUnits = "Micrometers", GoodBands = [true, false, true, true] };
        var path = Write(header, [.. Enumerable.Range(0, 24).Select(i => (float)i)]);
        var view = _context.Data.LoadFromEnvi(path, new EnviReadOptions { DropBadBands = true });
        Assert.Equal(6, view.GetRowCount());
        Assert.Equal([0, 0, 0, 1, 1, 1], view.GetColumn<int>("Row"));
        Assert.Equal([0, 1, 2, 0, 1, 2], view.GetColumn<int>("Column"));
        Assert.Equal(
            Enumerable.Range(0, 6).Select(pixel => new float[] { 4 * pixel, (4 * pixel) + 2, (4 * pixel) + 3 }),
            TestRows.Column(view, "Spectrum"));
        var spectrum = view.Schema["Spectrum"];
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), spectrum.Type);
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        spectrum.GetSlotNames(ref names);
        Assert.Equal(["0.4", "0.65", "2.5"], names.DenseValues().Select(name => name.ToString()));
        var wavelengths = default(VBuffer<double>);
        spectrum.Annotations.GetValue(EnviCatalog.WavelengthsAnnotation, ref wavelengths);
        Assert.Equal([0.4, 0.65, 2.5], wavelengths.DenseValues());
        var units = default(ReadOnlyMemory<char>);
        spectrum.Annotations.GetValue(EnviCatalog.WavelengthUnitsAnnotation, ref units);
        Assert.Equal("Micrometers", units.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Parallel_cursors_split_the_picture_and_their_batches_give_the_order_of_the_serial_one(int count)
    {
        var view = ManyBlocks();
        foreach (var seed in new int?[] { null, 5 })
        {
            using var serial = view.GetRowCursor(view.Schema, Random(seed));
            var expected = Rows(serial).Select(row => (row.Id, row.Sum)).ToArray();
            var cursors = view.GetRowCursorSet(view.Schema, count, Random(seed));
            Assert.InRange(cursors.Length, 1, Math.Min(count, 4));
            Assert.Equal(count > 1, cursors.Length > 1);
            var rows = new (ulong Id, float Sum, long Batch)[cursors.Length][];
            Parallel.For(0, cursors.Length, i =>
            {
                using var cursor = cursors[i];
                rows[i] = [.. Rows(cursor)];
            });
            Assert.All(rows, own => Assert.Equal(own.Select(row => row.Batch).Order(), own.Select(row => row.Batch)));
            Assert.Equal(
                rows.Sum(own => own.Select(row => row.Batch).Distinct().Count()),
                rows.SelectMany(own => own.Select(row => row.Batch)).Distinct().Count());
            Assert.Equal(
                expected, rows.SelectMany(own => own).OrderBy(row => row.Batch).Select(row => (row.Id, row.Sum)));
        }

        static Random? Random(int? seed) => seed is { } value ? new Random(value) : null;
    }

    [Fact]
    public void Shuffling_gives_every_pixel_once_under_its_own_id_in_another_order()
    {
        var view = ManyBlocks();
        Assert.True(view.CanShuffle);
        using var serial = view.GetRowCursor(view.Schema);
        using var shuffled = view.GetRowCursor(view.Schema, new Random(3));
        var (expected, actual) = (Rows(serial).Select(row => (row.Id, row.Sum)).ToArray(),
            Rows(shuffled).Select(row => (row.Id, row.Sum)).ToArray());
        Assert.Equal(Enumerable.Range(0, 12_000).Select(i => (ulong)i), expected.Select(row => row.Id));
        Assert.NotEqual(expected, actual);
        Assert.Equal(expected, actual.OrderBy(row => row.Id));
    }

    [Fact]
    public void A_cursor_keeps_to_the_rules_of_cursors()
    {
        var view = _context.Data.LoadFromEnvi(Write(new EnviHeader { Samples = 1, Lines = 2, Bands = 1 }, [1, 2]));
        using var cursor = view.GetRowCursor([view.Schema["Row"]]);
        Assert.True(cursor.IsColumnActive(view.Schema["Row"]));
        Assert.False(cursor.IsColumnActive(view.Schema["Spectrum"]));
        Assert.ThrowsAny<ArgumentException>(() => cursor.GetGetter<VBuffer<float>>(view.Schema["Spectrum"]));
        Assert.ThrowsAny<ArgumentException>(() => cursor.GetGetter<float>(view.Schema["Row"]));
        var getter = cursor.GetGetter<int>(view.Schema["Row"]);
        var row = 0;
        Assert.Equal(-1, cursor.Position);
        Assert.ThrowsAny<InvalidOperationException>(() => getter(ref row));
        Assert.True(cursor.MoveNext() && cursor.MoveNext());
        getter(ref row);
        Assert.Equal((1, 1), (cursor.Position, row));
        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
        Assert.ThrowsAny<InvalidOperationException>(() => getter(ref row));
    }

    [Fact]
    public void Cancelling_the_context_stops_the_reading()
    {
        var view = ManyBlocks();
        using var cursor = view.GetRowCursor(view.Schema);
        Assert.True(cursor.MoveNext());
        _context.CancelExecution();
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            while (cursor.MoveNext())
            {
            }
        });
    }

    [Fact]
    public void Abundances_go_back_to_their_pixels_and_filtered_pixels_are_missing()
    {
        float[][] endmembers = [[0.1f, 0.9f, 0.4f], [0.8f, 0.2f, 0.3f]];
        float[] shares = [1, 0, 0.25f, 0.5f, 0.75f, 0];
        var pixels = shares.SelectMany(
            share => endmembers[0].Zip(endmembers[1], (a, b) => (share * a) + ((1 - share) * b))).ToArray();
        pixels[7] = float.NaN;
        var header = new EnviHeader
        {
            Samples = 2, Lines = 3, Bands = 3, DataIgnoreValue = -9999, MapInfo = "{UTM, 1, 1, 0, 0, 20, 20}"
        };
        var path = Write(header, pixels);
        var view = _context.Data.FilterRowsByMissingValues(_context.Data.LoadFromEnvi(path), "Spectrum");
        var model = _context.Transforms.UnmixingNmf("Abundances", "Spectrum", KnownComponents.FromColumns(endmembers))
            .Fit(view);
        var target = Path.Combine(_folder, "abundances.hdr");
        _context.Data.SaveAsEnvi(model.Transform(view), target, "Abundances", header, EnviInterleave.Bip);
        using var maps = EnviCube.Open(target);
        Assert.Equal(["Component0", "Component1"], maps.Header.BandNames!);
        Assert.Equal((2, 3, header.MapInfo), (maps.Header.Samples, maps.Header.Lines, maps.Header.MapInfo));
        var values = maps.ReadAll();
        for (var pixel = 0; pixel < 6; pixel++)
        {
            Assert.Equal(pixel == 2 ? float.NaN : shares[pixel], values[2 * pixel], 1e-5f);
            Assert.Equal(pixel == 2 ? float.NaN : 1 - shares[pixel], values[(2 * pixel) + 1], 1e-5f);
        }
    }

    [Fact]
    public void Maps_without_places_need_a_row_for_each_pixel_in_order()
    {
        var scene = new EnviHeader { Samples = 2, Lines = 1, Bands = 9 };
        var target = Path.Combine(_folder, "maps.hdr");
        _context.Data.SaveAsEnvi(TestRows.View(_context, [[1, 0], [0, 2]]), target, "Features", scene);
        using (var maps = EnviCube.Open(target))
            Assert.Equal([1, 0, 0, 2], maps.ReadAll());
        Refused("more rows", "1 pixels", TestRows.View(_context, [[1], [2], [3]]), scene with { Samples = 1 });
        Refused("1 rows", "2 pixels", TestRows.View(_context, [[1]]), scene);
        Refused(
            "line 0, sample 1", "order",
            _context.Data.LoadFromEnumerable(new[] { new Placed { Column = 1 }, new Placed { Column = 1 } }), scene);
        Refused(
            "line 0, sample 2", "does not have", _context.Data.LoadFromEnumerable(new[] { new Placed { Column = 2 } }),
            scene);
        Assert.ThrowsAny<ArgumentException>(
            () => _context.Data.SaveAsEnvi(TestRows.View(_context, [[1, 0]]), target, "Nothing", scene));
        Assert.ThrowsAny<ArgumentException>(
            () => _context.Data.SaveAsEnvi(TestRows.View(_context, [[1, 0]]), target, "Id", scene));
        using (var older = EnviCube.Open(target))
            Assert.Equal([1, 0, 0, 2], older.ReadAll());

        void Refused(string what, string why, IDataView view, EnviHeader header)
        {
            var message = Assert.ThrowsAny<ArgumentException>(
                () => _context.Data.SaveAsEnvi(view, target, "Features", header)).Message;
            Assert.Contains(why, message);
            Assert.Contains(what, message);
        }
    }

    [Fact]
    public void A_picture_can_be_written_over_the_one_it_comes_from()
    {
        var header = new EnviHeader { Samples = 2, Lines = 2, Bands = 2, Interleave = EnviInterleave.Bil };
        var path = Write(header, [1, 2, 3, 4, 5, 6, 7, 8]);
        _context.Data.SaveAsEnvi(_context.Data.LoadFromEnvi(path), path, "Spectrum", header);
        using var cube = EnviCube.Open(path);
        Assert.Equal(EnviInterleave.Bsq, cube.Header.Interleave);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], cube.ReadAll());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Spectra_keep_their_wavelengths_and_unit(bool drop)
    {
        var header = new EnviHeader { Samples = 2, Lines = 1, Bands = 3, Wavelengths = [0.4, 0.5,
            2.5], WavelengthUnits = "Micrometers", GoodBands = [true, false, true],
            BandNames = ["blue", "green", "heat"],
            FullWidthsAtHalfMaximum = [0.01, 0.02, 0.03] };
        var view = _context.Data.LoadFromEnvi(
            Write(header, [1, 2, 3, 4, 5, 6]), new EnviReadOptions { DropBadBands = drop });
        var filtered = _context.Data.FilterRowsByMissingValues(view, "Spectrum");
        var target = Path.Combine(_folder, "spectra.hdr");
        _context.Data.SaveAsEnvi(filtered, target, "Spectrum", header);
        using var cube = EnviCube.Open(target);
        Assert.Equal(drop ? [0.4, 2.5] : [0.4, 0.5, 2.5], cube.Header.Wavelengths!);
        Assert.Equal("Micrometers", cube.Header.WavelengthUnits);
        Assert.Equal(drop ? ["blue", "heat"] : ["blue", "green", "heat"], cube.Header.BandNames!);
        Assert.Equal(drop ? [0.01, 0.03] : [0.01, 0.02, 0.03], cube.Header.FullWidthsAtHalfMaximum!);
        Assert.Equal(drop ? [1, 3, 4, 6] : [1, 2, 3, 4, 5, 6], cube.ReadAll());

        // And once more: what was saved has the same slots.
        var again = _context.Data.LoadFromEnvi(target);
        var (first, second) = (default(VBuffer<ReadOnlyMemory<char>>), default(VBuffer<ReadOnlyMemory<char>>));
        view.Schema["Spectrum"].GetSlotNames(ref first);
        again.Schema["Spectrum"].GetSlotNames(ref second);
        Assert.Equal(
            first.DenseValues().Select(name => name.ToString()), second.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void Names_of_bands_may_be_alike_and_have_commas()
    {
        var path = Write(new EnviHeader { Samples = 1, Lines = 1, Bands = 3 }, [1, 2, 3]);
        File.AppendAllText(path, "band names = {a (1, 2), b, b}\n");
        var view = _context.Data.LoadFromEnvi(path);
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        view.Schema["Spectrum"].GetSlotNames(ref names);
        Assert.Equal(["a (1, 2)", "b", "b"], names.DenseValues().Select(name => name.ToString()));
        var target = Path.Combine(_folder, "again.hdr");
        _context.Data.SaveAsEnvi(view, target, "Spectrum", EnviHeader.Read(path));
        Assert.Equal(["a (1; 2)", "b", "b"], EnviHeader.Read(target).BandNames!);
    }

    [Fact]
    public void What_is_left_out_of_a_header_is_a_warning_of_the_log()
    {
        var path = Write(new EnviHeader { Samples = 1, Lines = 1, Bands = 2 }, [1, 2]);
        File.AppendAllText(path, "wavelength = {1, 2, 3}\n");
        var warnings = new List<string>();
        _context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.Message);
        };
        _ = _context.Data.LoadFromEnvi(path);
        Assert.Contains("scene.hdr: 'wavelength = {1, 2, 3}' has 3 elements", Assert.Single(warnings));
    }

    [Fact]
    public void A_broken_picture_is_refused_when_it_is_loaded()
    {
        var path = Write(new EnviHeader { Samples = 2, Lines = 2, Bands = 2 }, new float[8]);
        File.WriteAllText(path, File.ReadAllText(path).Replace("bands = 2", "bands = 3", StringComparison.Ordinal));
        Assert.Contains(
            "need 48 bytes", Assert.Throws<EnviFormatException>(() => _context.Data.LoadFromEnvi(path)).Message);
    }

    /// <summary>100 x 120 pixels in four blocks; every pixel has a sum of its own.</summary>
    private IDataView ManyBlocks()
    {
        const int Bands = 300;
        var pixels = new float[12_000 * Bands];
        for (var pixel = 0; pixel < 12_000; pixel++)
            (pixels[pixel * Bands], pixels[(pixel * Bands) + Bands - 1]) = (pixel % 200, pixel / 200);
        return _context.Data.LoadFromEnvi(
            Write(new EnviHeader { Samples = 100, Lines = 120, Bands = Bands, DataType = EnviDataType.Byte }, pixels));
    }

    private static IEnumerable<(ulong Id, float Sum, long Batch)> Rows(DataViewRowCursor cursor)
    {
        var (getId, getSpectrum) = (cursor.GetIdGetter(), cursor.GetGetter<VBuffer<float>>(cursor.Schema["Spectrum"]));
        var (getRow, getColumn) = (cursor.GetGetter<int>(cursor.Schema["Row"]),
            cursor.GetGetter<int>(cursor.Schema["Column"]));
        var (id, spectrum, row, column) = (default(DataViewRowId), default(VBuffer<float>), 0, 0);
        while (cursor.MoveNext())
        {
            getId(ref id);
            getSpectrum(ref spectrum);
            getRow(ref row);
            getColumn(ref column);
            Assert.Equal((ulong)((100 * row) + column), id.Low);
            var sum = spectrum.GetValues()[0] + (200 * spectrum.GetValues()[^1]);
            Assert.Equal(id.Low, sum);
            yield return (id.Low, sum, cursor.Batch);
        }
    }

    private string Write(EnviHeader header, float[] pixels)
    {
        var path = Path.Combine(_folder, "scene.hdr");
        using var writer = EnviWriter.Create(path, header);
        writer.Write(pixels);
        writer.Complete();
        return path;
    }

    private sealed class Placed
    {
        public int Row { get; set; }

        public int Column { get; set; }

        public float Features { get; set; }
    }
}
