namespace Nmf.Hyperspectral.Tests;

public sealed class CubeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>More than the buffers hold, in every interleave, read in blocks that do not fit lines.</summary>
    [Theory]
    [InlineData(EnviInterleave.Bsq)]
    [InlineData(EnviInterleave.Bil)]
    [InlineData(EnviInterleave.Bip)]
    public void A_picture_of_many_buffers_is_written_and_read_in_any_blocks(EnviInterleave interleave)
    {
        var header = new EnviHeader { Samples = 301, Lines = 211, Bands = 19, Interleave = interleave,
            DataType = EnviDataType.Int32, ByteOrder = EnviByteOrder.BigEndian };
        var pixels = Enumerable.Range(0, 301 * 211 * 19).Select(i => (float)i).ToArray();
        using (var writer = EnviWriter.Create(_folder["a.hdr"], header))
        {
            foreach (var block in pixels.Chunk(19 * 1000))
                writer.Write(block);
            writer.Complete();
        }

        using var cube = EnviCube.Open(_folder["a.img"]);
        Assert.Equal(pixels, cube.ReadAll());
        var part = new float[19 * 777];
        foreach (var first in new[] { 0, 12_345, 301 * 211 - 777, 5 })
        {
            cube.ReadPixels(first, part);
            Assert.Equal(pixels[(first * 19)..((first * 19) + part.Length)], part);
        }
    }

    [Fact]
    public void Blocks_are_read_without_allocating_by_the_pixel()
    {
        Write(new EnviHeader { Samples = 100, Lines = 100, Bands = 10 }, new float[100_000]);
        using var cube = EnviCube.Open(_folder["a.hdr"]);
        var block = new float[100_000];
        cube.ReadPixels(0, block);
        var before = GC.GetAllocatedBytesForCurrentThread();
        cube.ReadPixels(0, block);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2000);
    }

    [Fact]
    public void Ignored_values_are_missing_and_reflectance_is_scaled_by_option()
    {
        Write(
            new EnviHeader { Samples = 2, Lines = 1, Bands = 2, DataType = EnviDataType.Int16, DataIgnoreValue = -9999,
                ReflectanceScaleFactor = 10_000 }, [0.25f, float.NaN, 0.5f, 1]);
        Assert.Equal([0.25f, float.NaN, 0.5f, 1], Read(null));
        Assert.Equal(
            [2500, -9999, 5000, 10_000],
            Read(new EnviReadOptions { IgnoredAsMissing = false, ScaleToReflectance = false }));
        Assert.Equal([2500, float.NaN, 5000, 10_000], Read(new EnviReadOptions { ScaleToReflectance = false }));
    }

    [Fact]
    public void An_ignore_value_in_digits_matches_the_nearest_single_and_one_that_the_type_cannot_hold_matches_nothing()
    {
        var header = new EnviHeader { Samples = 2, Lines = 1, Bands = 1, DataIgnoreValue = 3.40282347e+38 };
        Write(header, [float.MaxValue, 1]);
        Assert.Equal([float.NaN, 1], Read(null));
        Write(header with { DataType = EnviDataType.Byte, DataIgnoreValue = -9999 }, [0, 255]);
        Assert.Equal([0, 255], Read(null));
    }

    [Fact]
    public void Integers_are_rounded_and_clipped_and_cannot_be_missing()
    {
        var header = new EnviHeader { Samples = 5, Lines = 1, Bands = 1, DataType = EnviDataType.Byte };
        using (var writer = EnviWriter.Create(_folder["a.hdr"], header))
        {
            writer.Write([-1, 1.4f, 1.6f, 254.9f, 300]);
            writer.Complete();
            Assert.Equal(2, writer.Clipped);
        }

        Assert.Equal([0, 1, 2, 255, 255], Read(null));
        using var second = EnviWriter.Create(_folder["b.hdr"], header with { Samples = 1, Lines = 5 });
        Assert.Contains(
            "line 3, sample 0", Assert.Throws<ArgumentException>(() => second.Write([0, 0, 0, float.NaN, 0])).Message);
        Assert.False(File.Exists(_folder["b.hdr"]));
    }

    [Fact]
    public void A_picture_that_is_not_finished_leaves_an_older_one_as_it_was()
    {
        var header = new EnviHeader { Samples = 2, Lines = 1, Bands = 1 };
        Write(header, [1, 2]);
        using (var writer = EnviWriter.Create(_folder["a.hdr"], header with { Lines = 2 }))
        {
            writer.Write([5, 6, 7]);
            Assert.Throws<InvalidOperationException>(writer.Complete);
        }

        Assert.Equal([1, 2], Read(null));
        Assert.Equal(
            ["a.hdr", "a.img"],
            Directory.GetFiles(Path.GetDirectoryName(_folder["a.hdr"])!).Select(Path.GetFileName).Order());
        using var complete = EnviWriter.Create(_folder["a.hdr"], header);
        complete.Write([3, 4]);
        complete.Complete();
        Assert.Throws<ObjectDisposedException>(complete.Complete);
        Assert.Throws<ObjectDisposedException>(() => complete.Write([5]));
        Assert.Equal([3, 4], Read(null));
    }

    [Fact]
    public void Short_data_say_how_much_is_missing()
    {
        Write(
            new EnviHeader { Samples = 3, Lines = 2, Bands = 4, DataType = EnviDataType.Double, HeaderOffset = 10 },
            new float[24]);
        using (var file = File.OpenWrite(_folder["a.img"]))
            file.SetLength(201);
        var error = Assert.Throws<EnviFormatException>(() => EnviCube.Open(_folder["a.hdr"]));
        Assert.Contains("need 202 bytes, but the file has 201", error.Message);
        Assert.Equal(_folder["a.img"], error.Path);
    }

    [Fact]
    public void Data_that_become_shorter_while_they_are_read_are_an_error()
    {
        Write(new EnviHeader { Samples = 1000, Lines = 100, Bands = 10 }, new float[1_000_000]);
        using var cube = EnviCube.Open(_folder["a.hdr"]);
        using (var file = new FileStream(_folder["a.img"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(2_000_000);
        Assert.Contains("truncated", Assert.Throws<EnviFormatException>(cube.ReadAll).Message);
    }

    [Theory]
    [InlineData("scene.hdr", "scene")]
    [InlineData("scene.hdr", "scene.dat")]
    [InlineData("scene.hdr", "scene.IMG")]
    [InlineData("scene.bil.hdr", "scene.bil")]
    [InlineData("scene.v2.hdr", "scene.v2")]
    public void Data_are_found_beside_the_header_and_the_header_beside_the_data(string header, string data)
    {
        new EnviHeader { Samples = 1, Lines = 1, Bands = 1, DataType = EnviDataType.Byte }.Write(_folder[header]);
        File.WriteAllBytes(_folder[data], [7]);
        foreach (var path in new[] { header, data })
        {
            using var cube = EnviCube.Open(_folder[path]);
            Assert.Equal((_folder[data], 7), (cube.DataPath, cube.ReadAll()[0]));
        }
    }

    [Theory]
    [InlineData("scene.hyspex")]
    [InlineData("scene.pix")]
    [InlineData("scene.rfl")]
    [InlineData("scene.ref")]
    [InlineData("scene.rad")]
    [InlineData("scene.rdn")]
    [InlineData("scene.Img")]
    [InlineData("scene.anything")]
    [InlineData("scene")]
    public void Data_of_any_extension_are_found_from_the_header_and_by_their_own_path(string data)
    {
        foreach (var header in new[] { "scene.hdr", "scene.HDR", "scene.Hdr", data + ".hdr" })
        {
            new EnviHeader { Samples = 2, Lines = 1, Bands = 1, DataType = EnviDataType.Byte }.Write(_folder[header]);
            File.WriteAllBytes(_folder[data], [7, 8]);
            File.WriteAllBytes(_folder["scene.txt"], [1, 2, 3]);
            File.WriteAllBytes(_folder["scene2.img"], [1, 2]);
            foreach (var path in new[] { header, data })
            {
                using var cube = EnviCube.Open(_folder[path]);
                Assert.Equal((_folder[data], 7), (cube.DataPath, cube.ReadAll()[0]));
            }

            File.Delete(_folder[header]);
        }
    }

    /// <summary>Every pair of names that data may have: the file that is named is read, whatever
    /// lies beside it.</summary>
    [Fact]
    public void The_file_that_is_named_is_the_one_that_is_read()
    {
        string[] names = ["scene", "scene.img", "scene.dat", "scene.IMG", "scene.raw", "scene.rfl", "scene.other"];
        new EnviHeader { Samples = 1, Lines = 1, Bands = 1, DataType = EnviDataType.Byte }.Write(_folder["scene.hdr"]);
        for (var i = 0; i < names.Length; i++)
            File.WriteAllBytes(_folder[names[i]], [(byte)i]);
        for (var i = 0; i < names.Length; i++)
        {
            using var cube = EnviCube.Open(_folder[names[i]]);
            Assert.Equal((_folder[names[i]], i), (cube.DataPath, cube.ReadAll()[0]));
        }

        var error = Assert.Throws<EnviFormatException>(() => EnviCube.Open(_folder["scene.hdr"]));
        Assert.Contains("scene.dat", error.Message);
        Assert.Contains("scene.img", error.Message);
    }

    [Fact]
    public void Of_several_files_beside_a_header_the_one_of_the_right_size_is_read()
    {
        new EnviHeader { Samples = 3, Lines = 1, Bands = 1, DataType = EnviDataType.Byte }.Write(_folder["scene.hdr"]);
        File.WriteAllBytes(_folder["scene"], [1]);
        File.WriteAllBytes(_folder["scene.dat"], [1, 2, 3, 4]);
        using (var longer = EnviCube.Open(_folder["scene.hdr"]))
        {
            Assert.Equal(_folder["scene.dat"], longer.DataPath);
            Assert.Contains("4 bytes, of which the header describes the first 3", Assert.Single(longer.Warnings));
        }

        File.WriteAllBytes(_folder["scene.img"], [5, 6, 7]);
        using (var exact = EnviCube.Open(_folder["scene.hdr"]))
            Assert.Equal((_folder["scene.img"], 0), (exact.DataPath, exact.Warnings.Count));
        File.WriteAllBytes(_folder["scene.raw"], [8, 9, 10]);
        Assert.Contains(
            "scene.img, scene.raw",
            Assert.Throws<EnviFormatException>(() => EnviCube.Open(_folder["scene.hdr"])).Message);
    }

    [Fact]
    public void A_folder_and_packed_data_are_named()
    {
        new EnviHeader { Samples = 100, Lines = 1, Bands = 1 }.Write(_folder["scene.hdr"]);
        Directory.CreateDirectory(_folder["scene.img"]);
        Directory.CreateDirectory(_folder["a.csv"]);
        Directory.CreateDirectory(_folder["b.hdr"]);
        foreach (var folder in new[] { "scene.img", "b.hdr", "." })
        {
            Assert.Contains("is a folder", Assert.Throws<IOException>(() => EnviCube.Open(_folder[folder])).Message);
            Assert.Contains("is a folder", Assert.Throws<IOException>(() => EnviHeader.Read(_folder[folder])).Message);
        }

        Assert.Contains(
            "is a folder", Assert.Throws<IOException>(() => SpectralLibrary.Read(_folder["a.csv"])).Message);
        Assert.Contains("is a folder", Assert.Throws<IOException>(
            () => EnviCube.Open(new EnviHeader { Samples = 1, Lines = 1, Bands = 1 }, _folder["scene.img"])).Message);
        File.WriteAllBytes(_folder["scene.dat"], [0x1F, 0x8B, 8, 0, 0]);
        Assert.Contains("gzip", Assert.Throws<EnviFormatException>(() => EnviCube.Open(_folder["scene.dat"])).Message);
    }

    [Fact]
    public void Missing_files_are_named()
    {
        Assert.Contains(
            "scene.hdr", Assert.Throws<FileNotFoundException>(() => EnviCube.Open(_folder["scene.img"])).Message);
        new EnviHeader { Samples = 1, Lines = 1, Bands = 1 }.Write(_folder["scene.hdr"]);
        Assert.Contains(
            "no data beside", Assert.Throws<FileNotFoundException>(() => EnviCube.Open(_folder["scene.hdr"])).Message);
        File.WriteAllBytes(_folder["scene.img"], new byte[4]);
        Assert.Contains(
            "no file scene.dat",
            Assert.Throws<FileNotFoundException>(() => EnviCube.Open(_folder["scene.dat"])).Message);
        using var cube = EnviCube.Open(_folder["scene"]);
        Assert.Equal(_folder["scene.img"], cube.DataPath);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        var header = new EnviHeader { Samples = 2, Lines = 2, Bands = 3 };
        Write(header, new float[12]);
        using var cube = EnviCube.Open(_folder["a.hdr"]);
        Assert.Throws<ArgumentException>(() => cube.ReadPixels(0, new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => cube.ReadPixels(3, new float[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => cube.ReadPixels(-1, new float[3]));
        Assert.Throws<ArgumentException>(() => EnviWriter.Create(_folder["a.img"], header));
        using var writer = EnviWriter.Create(_folder["b.hdr"], header);
        Assert.Throws<ArgumentException>(() => writer.Write(new float[4]));
        Assert.Throws<ArgumentException>(() => writer.Write(new float[15]));
        writer.Write(new float[9]);
        Assert.Contains("only 3", Assert.Throws<InvalidOperationException>(writer.Complete).Message);
        header = header with { GoodBands = [false, false, false] };
        Write(header, new float[12]);
        Assert.Contains("all 3 bands bad", Assert.Throws<EnviFormatException>(
            () => EnviCube.Open(_folder["a.hdr"], new EnviReadOptions { DropBadBands = true })).Message);
    }

    private float[] Read(EnviReadOptions? options)
    {
        using var cube = EnviCube.Open(_folder["a.hdr"], options);
        return cube.ReadAll();
    }

    private void Write(EnviHeader header, float[] pixels)
    {
        using var writer = EnviWriter.Create(_folder["a.hdr"], header);
        writer.Write(pixels);
        writer.Complete();
    }
}
