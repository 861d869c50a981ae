using System.Text;
using PartsOfObjects.Images;

namespace PartsOfObjects.Tests;

public sealed class GraymapTests
{
    [Fact]
    public void Text_with_comments_between_all_fields()
    {
        var (width, height, pixels) = PortableGraymap.Parse(
            Encoding.ASCII.GetBytes("P2 # made by hand\n3 #wide\n 2\n10\n0 5 10\n# second row\n1 2 3\n"));
        Assert.Equal((3, 2), (width, height));
        Assert.Equal([0, 0.5f, 1, 0.1f, 0.2f, 0.3f], pixels);
    }

    [Fact]
    public void Bytes_that_look_like_white_space_or_comments_are_pixels()
    {
        byte[] file = [.. Encoding.ASCII.GetBytes("P5\n2 2\n255\n"), (byte)'\n', (byte)'#', 0, 255];
        Assert.Equal([10 / 255f, 35 / 255f, 0, 1], PortableGraymap.Parse(file).Pixels);
    }

    [Fact]
    public void Two_bytes_begin_with_the_higher()
    {
        byte[] file = [.. Encoding.ASCII.GetBytes("P5 2 1 1000\n"), 1, 0, 3, 232];
        Assert.Equal([0.256f, 1], PortableGraymap.Parse(file).Pixels);
    }

    [Theory]
    [InlineData("", "P2 or P5")]
    [InlineData("P6 1 1 255\n", "P2 or P5")]
    [InlineData("P5 2", "height is missing")]
    [InlineData("P5 x 2 255\n", "width is missing")]
    [InlineData("P5 99999999999999999999 2 255\n", "width is 2147483647")]
    [InlineData("P5 2 2 0\n", "largest value is 0")]
    [InlineData("P5 2 2 255\nabc", "ends too early")]
    [InlineData("P2 2 1 9\n3 ", "ends too early")]
    [InlineData("P2 2 1 9\n3 10", "pixel 1 is 10")]
    [InlineData("P2 # without end", "width is missing")]
    public void What_is_not_a_graymap_says_why(string text, string message)
        => Assert.Contains(
            message, Assert.Throws<FormatException>(() => PortableGraymap.Parse(Encoding.ASCII.GetBytes(text))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Every_beginning_of_a_file_is_refused_and_nothing_else_is_thrown()
    {
        byte[] file = [.. Encoding.ASCII.GetBytes("P5 # c\n3 2 255\n"), 1, 2, 3, 4, 5, 6];
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<FormatException>(() => PortableGraymap.Parse(file.AsSpan(0, length)));
        Assert.Equal(6, PortableGraymap.Parse(file).Pixels.Length);
    }
}
