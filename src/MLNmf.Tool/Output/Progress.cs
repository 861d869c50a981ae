using System.Diagnostics;
using System.Globalization;
using Nmf;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MLNmf.Tool;

/// <summary>Where long work is.</summary>
/// <param name="Done">Number of units done.</param>
/// <param name="Of">Most that there will be, or null where nobody knows.</param>
/// <param name="Detail">More to say, or empty.</param>
internal readonly record struct Step(double Done, double? Of, string Detail = "");

/// <summary>Shows long work: a bar with rate and time left on a terminal, a line now and then elsewhere.</summary>
internal static class Progress
{
    // The bar gives way to what is said beside it, which is cut off rather than wrapped.
    private const int WidthOfState = 78;
    private const int NarrowBar = 6;
    private const int WideBar = 40;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Does the work.</summary>
    /// <param name="console">Where it is shown.</param>
    /// <param name="title">What is done.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="work">The work; reports from any thread.</param>
    public static T Run<T>(this ToolConsole console, string title, string unit, Func<IProgress<Step>, T> work)
    {
        if (console.Terminal is not { } terminal)
        {
            console.Note($"{title} ...");
            return work(new Lines(console, unit));
        }

        return terminal.Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn
                {
                    Width = Math.Clamp(terminal.Profile.Width - title.Length - WidthOfState, NarrowBar, WideBar),
                },
                new StateColumn(unit))
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                task.IsIndeterminate = true;
                var result = work(new Bar(task));
                task.StopTask();
                return result;
            });
    }

    /// <summary>Reports of a fit as steps.</summary>
    public static IProgress<FitProgress> OfFit(this IProgress<Step> progress) => new Relay<FitProgress>(
        value => progress.Report(new Step(
            ((double)value.Start * value.MaximumIterations) + value.Iteration,
            (double)value.Starts * value.MaximumIterations,
            string.Create(CultureInfo.InvariantCulture, $"objective {value.Objective:G6}"))));

    /// <summary>Reports of a survey as steps.</summary>
    public static IProgress<RankProgress> OfSurvey(this IProgress<Step> progress) => new Relay<RankProgress>(
        value => progress.Report(new Step(
            value.CompletedFits, value.Fits,
            string.Create(CultureInfo.InvariantCulture, $"rank {value.Rank}"))));

    /// <summary>A duration as people say it.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds < 10
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : time.TotalMinutes < 2
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}");

    private static string State(Step step, string unit, TimeSpan elapsed)
    {
        var rate = elapsed.TotalSeconds > 0 ? step.Done / elapsed.TotalSeconds : 0;
        var of = step.Of is { } all ? string.Create(CultureInfo.InvariantCulture, $" of {all:0}") : "";
        var left = step.Of is { } most && rate > 0
            ? $", at most {Duration(TimeSpan.FromSeconds(Math.Max(0, most - step.Done) / rate))} left"
            : "";
        var detail = step.Detail.Length > 0 ? $", {step.Detail}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{step.Done:0}{of} {unit}, {rate:G3}/s{left}{detail}");
    }

    // System.Progress would report on other threads and after the end.
    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    private sealed class Lines(ToolConsole console, string unit) : IProgress<Step>
    {
        private readonly Lock _gate = new();
        private readonly long _started = Stopwatch.GetTimestamp();
        private long _last = Stopwatch.GetTimestamp();

        public void Report(Step value)
        {
            lock (_gate)
            {
                if (Stopwatch.GetElapsedTime(_last) < LineInterval)
                    return;
                _last = Stopwatch.GetTimestamp();
                console.Note("  " + State(value, unit, Stopwatch.GetElapsedTime(_started)));
            }
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<Step>
    {
        public void Report(Step value)
        {
            lock (task)
            {
                task.IsIndeterminate = value.Of is null;
                task.MaxValue = value.Of ?? 1;
                task.Value = value.Of is null ? 0 : value.Done;
                task.State.Update<Step>(nameof(Step), _ => value);
            }
        }
    }

    private sealed class StateColumn(string unit) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(task.State.Get<Step>(nameof(Step)) is { Done: > 0 } step
                ? State(step, unit, task.ElapsedTime ?? TimeSpan.Zero)
                : "") { Overflow = Overflow.Ellipsis };
    }
}
