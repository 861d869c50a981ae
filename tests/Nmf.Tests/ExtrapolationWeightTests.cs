namespace Nmf.Tests;

/// <summary>The weight of an extrapolation against the rule of Ang and Gillis (2019), step by step.</summary>
public sealed class ExtrapolationWeightTests
{
    [Fact]
    public void It_grows_to_its_limit_and_falls_back_to_what_worked()
    {
        var weight = new ExtrapolationWeight(growth: 1.5, limitGrowth: 1.1, largest: 1.05, shrinkage: 0.5);
        Assert.Equal(0.5, weight.Value);
        weight.Accept();
        Assert.Equal(0.75, weight.Value);

        // 1.125 is beyond the limit, which was 1 and has grown to the largest.
        weight.Accept();
        Assert.Equal(1.05, weight.Value);
        weight.Accept();
        Assert.Equal(1.05, weight.Value);

        // From now on the limit is the last weight that worked.
        weight.Reject();
        Assert.Equal(0.525, weight.Value, 1e-15);
        weight.Accept();
        Assert.Equal(0.7875, weight.Value, 1e-15);
        weight.Reject();
        weight.Accept();
        weight.Accept();
        Assert.Equal(0.525 * 1.1, weight.Value, 1e-15);
    }

    [Fact]
    public void What_was_saved_goes_on_alike()
    {
        var weight = new ExtrapolationWeight(1.5, 1.1, 1.05, 0.5);
        weight.Accept();
        weight.Accept();
        weight.Reject();
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            weight.Save(writer);
        stream.Position = 0;
        var loaded = new ExtrapolationWeight(1.5, 1.1, 1.05, 0.5);
        using (var reader = new BinaryReader(stream))
            loaded.Load(reader);
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(weight.Value, loaded.Value);
            if (i % 3 == 2)
            {
                weight.Reject();
                loaded.Reject();
            }
            else
            {
                weight.Accept();
                loaded.Accept();
            }
        }
    }
}
