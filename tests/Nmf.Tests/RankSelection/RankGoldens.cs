using System.Text.Json;

namespace Nmf.Tests;

/// <summary>What SciPy and scikit-learn give (tests/goldens/make_rank_goldens.py).</summary>
internal sealed record RankGoldens(
    GoldenTree[] Trees, GoldenConsensus[] Consensus, GoldenAssignment[] Assignments, GoldenTopics Topics)
{
    public static readonly RankGoldens Values = JsonSerializer.Deserialize<RankGoldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rank-selection.json")), JsonSerializerOptions.Web)!;
}

/// <summary>Distances in SciPy's condensed order, (0,1), (0,2), …, (1,2), …</summary>
internal sealed record GoldenTree(
    int Items, double[] Distances, double[] Cophenetic, Dictionary<int, int[]> Cuts, double[] Silhouettes)
{
    public double Distance(int i, int j) => Distances[Condensed(i, j)];

    public int Condensed(int i, int j)
    {
        var (low, high) = i < j ? (i, j) : (j, i);
        return (Items * low) - (low * (low + 1) / 2) + high - low - 1;
    }
}

internal sealed record GoldenConsensus(
    int Groups, int[][] Labels, double Cophenetic, double Dispersion, int[] Cut, double Silhouette);

internal sealed record GoldenAssignment(int Rows, int Columns, double[] Costs, double Cost, int[] ColumnOfRow);

internal sealed record GoldenTopics(
    int Documents, int Words, double[] Counts, int[][] Topics, GoldenCoherence[] Coherence, double Diversity);

/// <summary>The coherence of one topic, as the independent program gives it.</summary>
internal sealed record GoldenCoherence(double UMass, double Npmi);
