using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNmf.Tests.Common;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

public sealed partial class CultureTests
{
    [Theory]
    [InlineData(typeof(AudioNmfEstimator))]
    [InlineData(typeof(EnviCatalog))]
    [InlineData(typeof(NmfEstimator))]
    [InlineData(typeof(NmfOptions))]
    [InlineData(typeof(Matrix<float>))]
    public void No_text_depends_on_the_culture_of_the_machine(Type type)
        => Assert.Empty(CultureScan.Find(type.Assembly));

    /// <summary>What the scan says holds: errors and messages are the same where a comma stands for the point and
    /// another sign for minus.</summary>
    [Fact]
    public void Errors_and_messages_are_the_same_in_another_culture()
    {
        var expected = Messages();
        Assert.Contains(expected, message => message.Contains("-1.5", StringComparison.Ordinal));
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NegativeSign) = (",", "~");
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.Equal("~1,5", $"{-1.5}");
            Assert.Equal(expected, Messages());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string[] Messages()
    {
        var context = new MLContext(1);
        var messages = new List<string>();
        context.Log += (_, message) => messages.Add(message.RawMessage);
        var values = TestRows.Values();
        context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2, beta: 1.5, seed: 1).Fit(
            TestRows.View(context, values));
        values[3][4] = -1.5f;
        foreach (var act in new Action[]
        {
            () => context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2).Fit(
                TestRows.View(context, values)),
            () => context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
            {
                OutputColumnName = "H", Problem = new BetaNmf(2) { Penalties = [new L1Penalty(-1.5)] },
            }),
            () => new OnlineNmfOptions { Rank = 2, Learning = new() { Forgetting = -1.5 } }.Validate(),
        })
        {
            messages.Add(Record.Exception(act)!.GetBaseException().Message);
        }

        // Times differ from run to run.
        return [.. messages.Select(message => Seconds().Replace(message, "")).Where(
            message => !message.StartsWith("Iteration ", StringComparison.Ordinal)
                && !message.StartsWith("Channel ", StringComparison.Ordinal))];
    }

    [GeneratedRegex(@", [0-9.,]+ s\.$")]
    private static partial Regex Seconds();
}
