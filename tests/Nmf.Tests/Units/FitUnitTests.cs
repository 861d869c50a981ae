namespace Nmf.Tests.Units;

/// <summary>Units of samples and features of their own.</summary>
public sealed class FitUnitTests
{
    private const int Samples = 12;

    private static readonly int[] Features = [0, 1, -60, 0, 45, 0, -1, 0];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Where_one_factor_is_all_that_differs_an_entry_is_divided_by_it(bool sparse, bool ofSamples)
    {
        var own = ofSamples ? OwnUnits.Samples | OwnUnits.Features : OwnUnits.Features;
        int Sample(int n) => ofSamples ? new[] { 0, 70, 0 }[n % 3] : 0;
        int Feature(int f) => ofSamples ? 0 : Features[f];
        var values = Enumerable.Range(0, Samples * Features.Length).Select(i => Math.ScaleB(
            1, Sample(i / Features.Length) + Feature(i % Features.Length))).ToArray();
        var data = sparse ? TestData.Sparse<double>(values, Samples, Features.Length)
            : TestData.Dense<double>(values, Samples, Features.Length);
        var unit = FitUnit.Of(data, 0, null, own);
        Assert.Equal(Math.ILogB(data.Mean), unit.Data);
        for (var n = 0; n < Samples; n++)
        {
            var row = values.AsSpan(n * Features.Length, Features.Length);
            var expected = row.ToArray().Select(value => Math.ILogB(value) - unit.Data).Select(
                exponent => Math.Abs(exponent) > FitUnit.Band ? 1 : Math.ScaleB(1, exponent)).ToArray();
            unit.Divide(row, n);
            Assert.Equal(expected, row.ToArray());
        }

        Assert.False(unit.IsUniform);
        Assert.True(FitUnit.Of(data, 0, null, OwnUnits.None).IsUniform);
    }
}
