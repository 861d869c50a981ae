using System.IO.Compression;
using System.Text;
using PartsOfObjects.Images;
using SkiaSharp;

namespace PartsOfObjects.Tests;

public sealed class ImageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public void Swimmers_have_thirty_seven_pixels_each_and_are_all_different()
    {
        var images = Swimmers.Draw();
        Assert.Equal((256, 32, 32, 16), (images.Count, images.Width, images.Height, images.UsualRank));
        Assert.All(images.Rows, row => Assert.Equal(37, row.Sum()));
        Assert.Equal(
            256,
            images.Rows.Select(row => string.Concat(row.Select(pixel => pixel > 0 ? '1' : '0'))).Distinct().Count());
    }

    [Fact]
    public void A_folder_holds_pictures_of_several_formats_in_the_order_of_their_names()
    {
        File.WriteAllText(PathOf("b.pgm"), "P2 2 1 4\n0 3\n");
        using (var bitmap = new SKBitmap(2, 1))
        {
            bitmap.SetPixel(0, 0, SKColors.White);
            bitmap.SetPixel(1, 0, new SKColor(255, 0, 0));
            using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(PathOf("a.png"), png.ToArray());
        }

        var images = ImageFolder.Read(_folder.FullName);
        Assert.Equal((2, 2, 1), (images.Count, images.Width, images.Height));
        Assert.Equal([1, 0.299f], images.Rows[0], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal([0, 0.75f], images.Rows[1]);
    }

    [Fact]
    public void What_is_wrong_in_a_folder_is_named()
    {
        Refused("has 0 PNG", () => ImageFolder.Read(_folder.FullName));
        File.WriteAllText(PathOf("a.pgm"), "P2 2 1 4\n0 3\n");
        Refused("has 1 PNG", () => ImageFolder.Read(_folder.FullName));
        File.WriteAllText(PathOf("b.pgm"), "P2 1 2 4\n0 3\n");
        Refused("b.pgm has 1 x 2 pixels", () => ImageFolder.Read(_folder.FullName));
        File.WriteAllText(PathOf("b.pgm"), "P2 2 1 4\n0");
        Refused("b.pgm: it ends too early", () => ImageFolder.Read(_folder.FullName));
        File.Delete(PathOf("b.pgm"));
        File.WriteAllText(PathOf("c.png"), "not a picture");
        Refused("c.png", () => ImageFolder.Read(_folder.FullName));
    }

    [Fact]
    public void Digits_are_read_with_and_without_compression()
    {
        const string text = "0,4,8,16,7\n16,0,0,0,1\n";
        File.WriteAllText(PathOf("digits.csv"), text);
        using (var file = new GZipStream(File.Create(PathOf("digits.csv.gz")), CompressionLevel.Fastest))
            file.Write(Encoding.ASCII.GetBytes(text));
        foreach (var name in new[] { "digits.csv", "digits.csv.gz" })
        {
            var images = DigitFile.Read(PathOf(name));
            Assert.Equal(2, images.Width);
            Assert.Equal([0, 0.25f, 0.5f, 1], images.Rows[0]);
            Assert.Equal([1, 0, 0, 0], images.Rows[1]);
        }
    }

    [Theory]
    [InlineData("", "no image")]
    [InlineData("1,2,3,4\n", "not a square image and a label")]
    [InlineData("1,2,3,4,0\n1,0\n", "image 1 has 1 pixels")]
    [InlineData("1,2,x,4,0\n", "image 0, pixel 2: \"x\"")]
    [InlineData("1,2,17,4,0\n", "\"17\" is not a number from 0 to 16")]
    public void What_is_wrong_in_a_file_of_digits_is_named(string text, string message)
    {
        File.WriteAllText(PathOf("digits.csv"), text);
        Refused(message, () => DigitFile.Read(PathOf("digits.csv")));
    }

    [Fact]
    public void A_damaged_compressed_file_is_an_error_of_the_user()
    {
        File.WriteAllText(PathOf("digits.csv.gz"), "not compressed");
        Refused("Cannot read", () => DigitFile.Read(PathOf("digits.csv.gz")));
    }

    private static void Refused(string message, Action action)
        => Assert.Contains(message, Assert.Throws<UserErrorException>(action).Message, StringComparison.Ordinal);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
