using Microsoft.ML.Data;
using Nmf;
using Nmf.Kernels;

namespace OnlineTopics;

/// <summary>
/// Texts that no fit sees, to judge dictionaries by: the topics of each are inferred from half of its words, and the
/// perplexity is that of the other half, <c>exp(-mean log p(word))</c>: as if so many words were equally likely.
/// Document completion, after Wallach, Murray, Salakhutdinov and Mimno (2009).
/// </summary>
internal sealed class HeldOutWords
{
    // So much of the probability is that of the word in all texts, or a word that no topic of a text has would make
    // the perplexity infinite.
    private const double Background = 0.01;

    private readonly SparseMatrix<float> _seen;
    private readonly List<(int Document, int Word, int Count)> _unseen = [];
    private readonly double[] _frequencies;

    /// <param name="texts">Word counts.</param>
    /// <param name="frequencies">The frequency of every word in the texts that are learnt from;
    /// they add up to one.</param>
    /// <param name="seed">Decides which half of the words is seen.</param>
    public HeldOutWords(IEnumerable<VBuffer<float>> texts, double[] frequencies, int seed)
    {
        _frequencies = frequencies;
        var random = new Random(seed);
        var (starts, indices, values) = (new List<long> { 0 }, new List<int>(), new List<float>());
        foreach (var text in texts)
        {
            foreach (var (word, value) in text.Items())
            {
                var count = (int)value;
                var seen = Enumerable.Range(0, count).Count(_ => random.Next(2) == 0);
                if (seen > 0)
                {
                    indices.Add(word);
                    values.Add(seen);
                }

                if (count > seen)
                    _unseen.Add((starts.Count - 1, word, count - seen));
            }

            starts.Add(indices.Count);
        }

        _seen = SparseMatrix<float>.FromCsr(
            starts.Count - 1, frequencies.Length, starts.ToArray(), indices.ToArray(), values.ToArray());
    }

    public int Documents => _seen.Rows;

    /// <summary>The frequency of every word in some texts.</summary>
    public static double[] Frequencies(IEnumerable<VBuffer<float>> texts, int words)
    {
        var frequencies = new double[words];
        foreach (var text in texts)
        {
            foreach (var (word, count) in text.Items())
                frequencies[word] += count;
        }

        var total = frequencies.Sum();
        return Array.ConvertAll(frequencies, count => count / total);
    }

    /// <summary>The perplexity of the unseen words.</summary>
    /// <param name="dictionary">words x topics, of a fit with the Kullback-Leibler divergence.</param>
    public double Perplexity(Matrix<float> dictionary)
    {
        var solver = new RowSolver<float>(
            dictionary, BetaDivergence.KullbackLeibler, tolerance: 1e-3, maximumIterations: 1000);
        var activations = new Matrix<float>(_seen.Rows, dictionary.Columns);
        var scratch = solver.CreateScratch();
        for (var n = 0; n < Documents; n++)
            solver.Solve(_seen.RowIndices(n), _seen.RowValues(n), activations.Row(n), scratch);
        var topicSums = new double[dictionary.Columns];
        for (var f = 0; f < dictionary.Rows; f++)
        {
            for (var k = 0; k < topicSums.Length; k++)
                topicSums[k] += dictionary[f, k];
        }

        double logLikelihood = 0;
        long words = 0;
        foreach (var (document, word, count) in _unseen)
        {
            var (weight, total) = (0.0, 0.0);
            var shares = activations.Row(document);
            var topics = dictionary.Row(word);
            for (var k = 0; k < shares.Length; k++)
            {
                weight += shares[k] * topics[k];
                total += shares[k] * topicSums[k];
            }

            var ofTopics = total > 0 ? weight / total : _frequencies[word];
            logLikelihood += count * Math.Log(((1 - Background) * ofTopics) + (Background * _frequencies[word]));
            words += count;
        }

        return Math.Exp(-logLikelihood / words);
    }
}
