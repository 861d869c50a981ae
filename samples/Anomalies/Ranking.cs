using Microsoft.ML.Transforms;

namespace Anomalies;

/// <summary>How well one way of scoring does.</summary>
internal sealed record Comparison(string Name, double Precision, double Area, double Recovery);

/// <summary>Figures of merit of scores and of dictionaries.</summary>
internal static class Ranking
{
    /// <summary>Part of the <paramref name="count"/> highest scores that are anomalous.</summary>
    public static double Precision(float[] scores, bool[] truth, int count)
        => Enumerable.Range(0, scores.Length).OrderByDescending(n => scores[n]).Take(count).Count(n => truth[n]) / (double)count;

    /// <summary>Probability that an anomalous measurement has the higher score of the two; ties count half.</summary>
    public static double Area(float[] scores, bool[] truth)
    {
        var positive = scores.Where((_, n) => truth[n]).ToArray();
        var negative = scores.Where((_, n) => !truth[n]).ToArray();
        var above = positive.Sum(p => negative.Sum(q => p > q ? 1 : p == q ? 0.5 : 0));
        return above / (positive.Length * (double)negative.Length);
    }

    /// <summary>Mean over the true sounds of the cosine with the component that is most like it.</summary>
    public static double Recovery(NmfModelParameters model) => Enumerable.Range(0, Machine.Sources).Average(source =>
    {
        var sound = Machine.Sound(source);
        return Enumerable.Range(0, model.Rank).Max(k => Cosine(sound, model.GetComponent(k)));
    });

    private static double Cosine(double[] a, ReadOnlySpan<float> b)
    {
        double product = 0, squares = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += a[i] * b[i];
            squares += (double)b[i] * b[i];
        }

        return product / Math.Sqrt(a.Sum(x => x * x) * squares);
    }
}
