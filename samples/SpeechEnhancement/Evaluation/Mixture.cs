using System.Numerics.Tensors;
using Nmf.Audio;
using SpeechEnhancement.Sound;

namespace SpeechEnhancement.Evaluation;

/// <summary>Speech in noise, and what both were before.</summary>
/// <param name="Name">Speech and noise.</param>
/// <param name="Decibels">Energy of the speech over that of the noise.</param>
/// <param name="Speech">The speech.</param>
/// <param name="Noise">The noise, as loud as it is in the mixture.</param>
/// <param name="Noisy">Their sum.</param>
internal sealed record Mixture(string Name, double Decibels, float[] Speech, float[] Noise, AudioClip Noisy)
{
    /// <summary>Mixes from the beginning of the noise, as long as the speech is.</summary>
    /// <exception cref="UserErrorException">The noise is shorter than the speech, or one of them is silent.</exception>
    public static Mixture Create(NamedSound speech, NamedSound noise, double decibels)
    {
        var voice = speech.Clip.Channels[0];
        if (noise.Clip.Samples < voice.Length)
            throw new UserErrorException($"The noise {noise.Name} is shorter than the speech {speech.Name}.");
        var background = noise.Clip.Channels[0].AsSpan(0, voice.Length).ToArray();
        double voiceEnergy = TensorPrimitives.SumOfSquares<float>(voice),
            noiseEnergy = TensorPrimitives.SumOfSquares<float>(background);
        if (voiceEnergy == 0 || noiseEnergy == 0)
            throw new UserErrorException($"The speech {speech.Name} or the noise {noise.Name} is silent.");
        var gain = (float)Math.Sqrt(voiceEnergy / noiseEnergy / Math.Pow(10, decibels / 10));
        TensorPrimitives.Multiply(background, gain, background);
        var sum = new float[voice.Length];
        TensorPrimitives.Add(voice, background, sum);
        return new Mixture(
            $"{speech.Name} in {noise.Name}", decibels, voice, background, new AudioClip(speech.Clip.SampleRate, sum));
    }
}
