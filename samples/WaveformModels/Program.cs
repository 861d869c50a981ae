using System.Diagnostics;
using Nmf.Audio;
using WaveformModels;

return ConsoleProgram.Run(() =>
{
    if (Options.Parse(args) is not { } options)
        return;

    var started = Stopwatch.GetTimestamp();
    var folder = ConsoleProgram.OutputFolder(options.OutputFolder);
    var page = new HtmlPage(
        "Models of the waveform itself",
        "Recordings as sums of layers, each synthesised from time-frequency coefficients whose variances are a "
        + "nonnegative factorisation, beside white noise; and transforms that are learnt with the factorisation.")
    {
        Style = ".atoms { display: flex; flex-wrap: wrap; gap: 8px; } .atoms svg { max-width: 100%; }",
    };
    if (options.Wants("denoise"))
    {
        var sounds = options.Folder is null ? [Sound.Piano()] : Sound.Of(options.Folder);
        var results = new List<Denoised>();
        foreach (var sound in sounds)
        {
            foreach (var level in options.NoiseLevels)
                results.Add(Denoising.Study(sound, level, options));
        }

        Console.WriteLine("White noise, signal over error:");
        Denoising.Table(results).Print("  ");
        Console.WriteLine();
        WaveformReport.Denoising(page, results, Write);
    }

    if (options.Wants("layers"))
    {
        var layers = Layers.Study(options);
        Console.WriteLine("Tones and beats, signal over error:");
        layers.Table().Print("  ");
        Console.WriteLine($"Layers and residual are the recording to {Format.Scientific(layers.Difference)}.");
        Console.WriteLine();
        WaveformReport.Layers(page, layers, Write);
    }

    if (options.Wants("transform"))
    {
        var frames = Transforms.Frames(options);
        var transforms = Transforms.Study(frames);
        var table = Transforms.Table(transforms, frames);
        Console.WriteLine($"{frames.Rows} frames of {frames.Columns} samples:");
        table.Print("  ");
        foreach (var transform in transforms)
            Console.WriteLine($"  {transform.Name}: {Format.Figure(transform.Milliseconds, 1)} ms per iteration");
        Console.WriteLine();
        WaveformReport.Transforms(page, transforms, table);
    }

    var elapsed = Stopwatch.GetElapsedTime(started);
    page.Footer = $"The whole run took {Format.Seconds(elapsed)} on {Environment.ProcessorCount} processors.";
    var path = Path.Combine(folder, "waveforms.html");
    page.Save(path);
    Console.WriteLine($"Report: {path} ({Format.Seconds(elapsed)})");

    void Write(string file, Sound sound)
    {
        var peak = sound.Samples.Max(Math.Abs);
        float[] fitting = peak <= 1 ? sound.Samples : [.. sound.Samples.Select(x => x / peak)];
        new AudioClip(sound.SampleRate, fitting).Write(Path.Combine(folder, file));
    }
});
