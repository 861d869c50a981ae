using Reporting;

namespace Samples.Tests;

public sealed class FormatTests
{
    [Theory]
    [InlineData(3.64e-8, "3.6e-8")]
    [InlineData(0, "0.0e+0")]
    [InlineData(-1.25e12, "-1.3e+12")]
    [InlineData(9.99e-5, "1.0e-4")]
    public void Small_numbers_have_no_zeros_in_their_exponent(double value, string text)
        => Assert.Equal(text, Format.Scientific(value));
}
