namespace Nmf.Tests.Combinations;

/// <summary>Every pair of choices either fits with an objective that never increases, or is refused with the message
/// that docs/math.md gives for it.</summary>
public sealed class CombinationTests
{
    private static readonly IReadOnlyList<ModelChoice> All = ModelChoice.All;

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, All.Count)];

    [Fact]
    public void The_document_has_a_row_for_every_choice()
        => Assert.Equal(
            All.Select((choice, i) => $"{i + 1} {choice.Name}"),
            CombinationDocument.Pairs.Skip(1).Select(row => row[0]));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_choice_alone_fits_the_divergences_of_the_document(int row)
    {
        var choice = All[row];
        if (!choice.HasBeta)
        {
            Assert.Equal("own", CombinationDocument.Pairs[row + 1][row + 1]);
            Assert.Null(new Combination(choice, choice).Refusal(BetaDivergence.Euclidean));
            return;
        }

        var fits = Combination.Betas.Where(beta => new Combination(choice, choice).Refusal(beta) is null);
        Assert.Equal(CombinationDocument.Betas(CombinationDocument.Pairs[row + 1][row + 1]), fits);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Two_choices_fit_together_or_are_refused_as_the_document_says(int row)
    {
        for (var column = 0; column < row; column++)
        {
            var pair = new Combination(All[column], All[row]);
            var said = CombinationDocument.Pairs[row + 1][column + 1];
            var name = $"{pair.First.Name} with {pair.Second.Name}";
            var betas = CommonBetas(row, column);
            if (pair.IsExclusive || betas.Length == 0)
            {
                Assert.True(
                    said == "–" || CombinationDocument.Reasons.Contains(said),
                    $"{name}: the document says {said}, but they cannot be asked for at once.");
                continue;
            }

            foreach (var beta in betas)
            {
                var refusal = pair.Refusal(beta);
                if (said == "✓")
                {
                    Assert.True(refusal is null, $"{name}, beta = {beta}: {refusal}");
                    Assert.All(
                        [pair.First, pair.Second],
                        choice => Assert.True(
                            choice.IsStorage || !pair.Ignores(choice, beta),
                            $"{name}, beta = {beta}: {choice.Name} has no effect."));
                }
                else
                {
                    Assert.True(
                        refusal?.Contains(CombinationDocument.Messages[said], StringComparison.Ordinal),
                        $"{name}, beta = {beta}: {refusal ?? "it fits"}, but the document says {said}.");
                }
            }
        }
    }

    // Where a measure takes the place of β, β is what the other allows.
    private static double[] CommonBetas(int row, int column)
    {
        double[] Alone(int choice) => CombinationDocument.Betas(CombinationDocument.Pairs[choice + 1][choice + 1]);
        return All[row].HasBeta == All[column].HasBeta
            ? [.. Alone(row).Intersect(Alone(column))]
            : Alone(All[row].HasBeta ? row : column);
    }
}
