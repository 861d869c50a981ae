using System.Text.Json;

namespace Nmf.Hyperspectral.Tests;

/// <summary>Pictures whose bytes NumPy laid out (<c>tests/goldens/make_envi_goldens.py</c>): every interleave, type
/// and byte order.</summary>
public sealed class GoldenCubeTests : IDisposable
{
    private const string Header = "scene.hdr";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_layout_of_numpy_is_read()
    {
        var cubes = 0;
        foreach (var (header, bytes, pixels) in Cubes())
        {
            Store(header, bytes);
            using var cube = EnviCube.Open(_folder[Header]);
            Assert.Equal(
                (header.DataType, header.Interleave, header.ByteOrder),
                (cube.Header.DataType, cube.Header.Interleave, cube.Header.ByteOrder));
            Assert.Equal(pixels, cube.ReadAll());
            cubes++;
        }

        Assert.Equal(54, cubes);
    }

    [Fact]
    public void Every_layout_is_written_as_numpy_does()
    {
        foreach (var (header, bytes, pixels) in Cubes())
        {
            using (var writer = EnviWriter.Create(_folder[Header], header))
            {
                writer.Write(pixels.AsSpan(0, header.Bands));
                writer.Write(pixels.AsSpan(header.Bands));
                writer.Complete();
                Assert.Equal(0, writer.Clipped);
            }

            Assert.Equal(bytes, File.ReadAllBytes(_folder["scene.img"]));
        }
    }

    [Fact]
    public void Any_block_of_pixels_of_any_bands_is_the_same_part_of_the_picture()
    {
        var bad = new[] { true, false, false, true };
        foreach (var (header, bytes, pixels) in Cubes())
        {
            Store(header with { GoodBands = bad, HeaderOffset = 5 }, [1, 2, 3, 4, 5, .. bytes]);
            using var cube = EnviCube.Open(_folder[Header], new EnviReadOptions { DropBadBands = true });
            Assert.Equal([0, 3], cube.Bands);
            for (var first = 0; first < 6; first++)
            {
                for (var count = 0; count <= 6 - first; count++)
                {
                    var block = new float[2 * count];
                    cube.ReadPixels(first, block);
                    Assert.Equal(
                        Enumerable.Range(first, count)
                            .SelectMany(pixel => new[] { pixels[4 * pixel], pixels[(4 * pixel) + 3] }),
                        block);
                }
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Store(EnviHeader header, byte[] bytes)
    {
        header.Write(_folder[Header]);
        File.WriteAllBytes(_folder["scene.img"], bytes);
    }

    private static IEnumerable<(EnviHeader Header, byte[] Bytes, float[] Pixels)> Cubes()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "envi.json")));
        var root = file.RootElement;
        foreach (var cube in root.GetProperty("cubes").EnumerateArray())
        {
            var header = new EnviHeader
            {
                Lines = root.GetProperty("lines").GetInt32(),
                Samples = root.GetProperty("samples").GetInt32(),
                Bands = root.GetProperty("bands").GetInt32(),
                DataType = (EnviDataType)cube.GetProperty("type").GetInt32(),
                Interleave = Enum.Parse<EnviInterleave>(cube.GetProperty("interleave").GetString()!, ignoreCase: true),
                ByteOrder = (EnviByteOrder)cube.GetProperty("order").GetInt32(),
            };
            yield return (header, cube.GetProperty("bytes").GetBytesFromBase64(),
                [.. cube.GetProperty("pixels").EnumerateArray().Select(value => value.GetSingle())]);
        }
    }
}
