using System.Diagnostics;
using Microsoft.ML;
using TopicModel.Corpus;
using TopicModel.Evaluation;
using TopicModel.Pipeline;
using TopicModel.Report;

namespace TopicModel;

/// <summary>Reads texts, learns their topics, judges them, saves them, and asks the saved model
/// about a sentence.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => Run(arguments, Console.Out, Console.Error);

    /// <summary>The whole program, with its output given.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(string[] arguments, TextWriter output, TextWriter error) => ConsoleProgram.Run(
        () =>
        {
            if (CommandLine.Parse(arguments, output) is { } options)
                Tell(options, new Narration(output));
        },
        error);

    private static void Tell(CommandLine options, Narration say)
    {
        var start = Stopwatch.GetTimestamp();
        // Made before any work is done, so that a mistake in its name costs no time.
        var folder = ConsoleProgram.OutputFolder(options.OutputFolder);
        var (modelFile, reportFile) = (Path.Combine(folder, "topics.zip"), Path.Combine(folder, "topics.html"));
        var explorerFile = Path.Combine(folder, "topics-explorer.html");

        say.Section("Reading");
        var collection = Corpora.Read(options.DataFile, options.File);
        var split = CorpusSplit.Create(collection.Documents, options.Seed);
        say.Line(
            $"{Format.Count(collection.Documents.Count)} texts: "
            + $"{collection.Source} ({Format.Seconds(Stopwatch.GetElapsedTime(start))})");
        foreach (var note in collection.Notes)
            say.Line(note);
        say.Line(
            $"{Format.Count(split.Training.Count)} of them to learn from, "
            + $"{Format.Count(split.Test.Count)} to judge by");

        say.Section("Counting words");
        var ml = new MLContext(options.Seed);
        var corpus = CountedCorpus.Create(ml, split, collection.StopWords);
        say.Line(
            $"{Format.Count(corpus.Words)} words that are neither rare nor everywhere "
            + $"({Format.Seconds(corpus.Elapsed)})");

        say.Section($"Learning {options.Topics} topics by nonnegative matrix factorisation (Kullback-Leibler)");
        say.ShowProgress(ml);
        var fit = TopicFit.Fit(ml, corpus, options.Topics, collection.StopWords);
        var model = fit.Transformer.Model;
        say.Line(
            $"{model.Iterations} iterations, {Format.Percent(model.ExplainedPart)} better than a constant "
            + $"({Format.Seconds(fit.Elapsed)})");

        say.Section("Topics, largest first");
        say.Topics(fit.Topics);

        var comparison = Compare(ml, corpus, fit, options, collection, say);

        say.Section("Saving the model, loading it in a fresh MLContext");
        fit.Save(ml, corpus, modelFile);
        say.Line($"{modelFile} ({Format.Size(new FileInfo(modelFile).Length)})");
        var sentence = options.Sentence
            ?? (options.DataFile is null ? CommandLine.DefaultSentence : FirstWords(split.Test[0].Text));
        say.Section($"Asking it about \"{sentence}\"");
        var answer = Answer.FromSavedModel(modelFile, sentence, fit.Topics, collection.Documents);
        say.Answer(answer);

        var elapsed = Stopwatch.GetElapsedTime(start);
        TopicReport.Page(
            new Study(collection, split.Training.Count, corpus.Words, fit, comparison, answer, options.Seed, elapsed))
            .Save(reportFile);
        fit.SaveExplorer(ml, corpus, collection.Source, explorerFile);
        say.Section($"All of this, with charts: {reportFile}");
        say.Line($"The topics and their texts, to explore: {explorerFile}");
        say.Line($"Done in {Format.Seconds(Stopwatch.GetElapsedTime(start))}.");
    }

    private static string FirstWords(string text) => string.Join(' ', text.Split(' ').Take(20));

    private static Comparison? Compare(
        MLContext ml, CountedCorpus corpus, TopicFit fit, CommandLine options, DocumentCollection collection,
        Narration say)
    {
        var judgement = TopicJudgement.Of(ml, corpus, fit.Transformer.Model);
        say.Section("Are the topics good features?");
        if (!ClassifierComparison.IsPossible(corpus.Split))
        {
            say.Line(
                $"To find out takes labels, at least two of them with {CorpusSplit.FewestDocumentsOfClass} texts or "
                + "more: see --label-column.");
            say.Judgements([judgement]);
            return null;
        }

        var comparison = new ClassifierComparison(ml, corpus);
        comparison.Add(fit.Features);
        var lda = LdaTopics.Fit(ml, corpus, options.Topics);
        comparison.Add(lda);
        comparison.Add(new FeatureSet("all word counts", WordCounts.Column, null, null));
        var result = comparison.Result([judgement, LdaTopics.Judge(ml, corpus, lda)]);
        say.Comparison(result, collection.LabelMeaning);
        say.Line($"LDA: {LdaTopics.Settings}.");
        return result;
    }
}
