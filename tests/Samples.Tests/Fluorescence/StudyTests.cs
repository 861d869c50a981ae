using Fluorescence;

namespace Samples.Tests.Fluorescence;

/// <summary>What the sample says of its mixtures.</summary>
public sealed class StudyTests
{
    private static Mixtures Few { get; } = new(6, seed: 1);

    [Fact]
    public void A_tensor_finds_the_dyes_one_by_one()
    {
        var found = Study.OfTensor(Few, Study.FitTensor(Few.Tensor, Mixtures.Dyes, seed: 1));
        Assert.All(found.PictureCosines, cosine => Assert.InRange(cosine, 0.98, 1.0000001));
        Assert.All(found.AmountCosines, cosine => Assert.InRange(cosine, 0.98, 1.0000001));
        Assert.Equal(Few.Excitations.Length * Few.Emissions.Length, found.Pictures[0].Length);
    }

    [Fact]
    public void Counts_are_whole_and_hidden_where_light_is_scattered()
    {
        var emissions = Few.Emissions.Length;
        for (var e = 0; e < Few.Counts.Length; e++)
        {
            var (excitation, emission) = (Few.Excitations[e / emissions % Few.Excitations.Length],
                Few.Emissions[e % emissions]);
            Assert.Equal(emission <= excitation + 15, double.IsNaN(Few.Counts[e]));
            if (!double.IsNaN(Few.Counts[e]))
                Assert.Equal(Math.Floor(Few.Counts[e]), Few.Counts[e]);
        }
    }

    [Fact]
    public void Cosines_are_those_of_angles()
    {
        Assert.Equal(1, Study.Cosine([1, 2], [2, 4]), 1e-15);
        Assert.Equal(0, Study.Cosine([1, 0], [0, 3]));
        Assert.Equal(0, Study.Cosine([0, 0], [0, 3]));
    }
}
