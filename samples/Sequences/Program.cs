using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Sequences;

// Activations that depend on the activations before them: smooth IS-NMF, and the nonnegative dynamical system, which
// learns what follows what.
return ConsoleProgram.Run(() =>
{
    var command = new SampleCommand(
        "Sequences",
        "Smooth NMF and the nonnegative dynamical system on performances of a tune that the sample plays itself.");
    var wav = command.ExistingFile(
        "--wav", "FILE",
        "A recording of yours instead, at any sample rate; several channels are mixed into one. The models learn from "
        + "its first three quarters and forecast the last");
    var report = command.Text(
        "--report", "FILE", "Where the report is written", Path.Combine("artifacts", "sequences.html"));
    if (command.Parse(args) is { } asked)
        Run(asked.GetRequiredValue(report), asked.GetValue(wav));
});

static void Run(string output, string? wavFile)
{
    const int rank = 8;
    const int farthest = 16;
    double[] weights = [0, 1, 10, 100];
    var clock = Stopwatch.GetTimestamp();
    var performances = wavFile is null ? Performances.OfTune() : Performances.OfFile(wavFile);
    var (training, unseen) = (performances.Training, performances.Unseen);
    Console.WriteLine(
        (performances.HasTune ? $"8 performances of a tune of {Melody.Notes.Count} notes" : performances.Title)
        + $", {training.Length} frames of {Melody.Bins} powers; {unseen.Length} more are kept for testing.");

    // 1. One activation row for several λ, in plain C#.
    var studies = SmoothnessStudy.Run([.. training.Where(frame => frame.Recording == 0)], weights);
    Console.WriteLine();
    Console.WriteLine("Smooth IS-NMF of one performance:");
    var smoothness = new Table(">λ", ">divergence per entry", ">roughness of the activations");
    foreach (var study in studies)
        smoothness.Add(
            Format.Figure(study.Smoothness, 0), Format.Figure(study.Divergence, 4),
            study.Roughness < 1000 ? Format.Figure(study.Roughness, 4) : study.Roughness.ToString("0.0e0"));
    smoothness.Print("  ");

    // 2. The dynamical system as a step of a pipeline, saved and loaded; sequences are told apart by a column.
    var ml = new MLContext(seed: 1);
    var view = ml.Data.LoadFromEnumerable(training);
    var pipeline = ml.Transforms.DynamicalSystemNmf(new SequenceNmfEstimator.DynamicalSystemOptions
    {
        OutputColumnName = "Activations", InputColumnName = nameof(Frame.Power),
        SequenceColumnName = nameof(Frame.Recording), Rank = rank, Shape = 1, Starts = 4, Seed = 1,
    });
    using var file = new MemoryStream();
    ml.Model.Save(pipeline.Fit(view), view.Schema, file);
    var system = (SequenceNmfTransformer)ml.Model.Load(file, out _);
    var learnt = performances.HasTune ? LearntNotes.Of(system) : LearntNotes.Unnamed(system);
    Console.WriteLine();
    Console.WriteLine(
        $"Nonnegative dynamical system, {rank} components, {system.Model.Iterations} iterations"
        + (performances.HasTune ? $": for {learnt.Successors} of {Melody.Notes.Count} notes the likeliest successor is "
            + "the one in the tune." : "."));

    // 3. Forecasts from what the causal filter has heard so far.
    var forecasts = ForecastStudy.Run(system, unseen, training, farthest);
    Console.WriteLine();
    Console.WriteLine("Forecasts of what was not seen, Itakura-Saito divergence per entry:");
    var forecast = new Table(">frames ahead", ">dynamical system", ">all stays as it is", ">mean spectrum");
    foreach (var study in forecasts.Where(study => int.IsPow2(study.Ahead)))
        forecast.Add(
            Format.Count(study.Ahead), Format.Figure(study.Transitions, 2), Format.Figure(study.Unchanged, 2),
            Format.Figure(study.Mean, 2));
    forecast.Print("  ");

    // 4. The filter in real time.
    var speeds = FilterSpeed.Measure(system, unseen);
    Console.WriteLine();
    foreach (var speed in speeds)
        Console.WriteLine(
            $"Causal filter, K = {speed.Components}, 20 updates a frame, one thread: "
            + $"{speed.MicrosecondsPerFrame:F0} µs a frame, real-time factor {speed.RealTimeFactor:F4}");

    SequenceReport.Write(
        output, performances, studies, smoothness, learnt, forecasts, forecast, speeds,
        Stopwatch.GetElapsedTime(clock));
    Console.WriteLine();
    Console.WriteLine($"Report: {output} ({Format.Seconds(Stopwatch.GetElapsedTime(clock))})");
}
