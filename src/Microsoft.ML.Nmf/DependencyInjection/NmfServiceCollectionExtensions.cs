using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers saved models for injection.</summary>
public static class NmfServiceCollectionExtensions
{
    /// <summary>
    /// Registers a predictor over the model saved at <paramref name="path"/>, a singleton. It is injected by its name,
    /// <c>[FromKeyedServices("topics")] NmfPredictor&lt;Document, DocumentTopics&gt; topics</c>, and, where it is the
    /// only one with these two classes, without. The file is followed: see <see cref="NmfPredictorOptions"/>.
    /// </summary>
    /// <typeparam name="TInput">Input class, as for ML.NET's prediction engine.</typeparam>
    /// <typeparam name="TOutput">Output class, as for ML.NET's prediction engine.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">Name of the model: the service key, the name of its options, and how
    /// messages call it.</param>
    /// <param name="path">The model file.</param>
    /// <param name="configure">Further options.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="InvalidOperationException">A model is registered under this name already, whatever
    /// its classes.</exception>
    public static IServiceCollection AddNmfPredictor<TInput, TOutput>(
        this IServiceCollection services, string name, string path, Action<NmfPredictorOptions>? configure = null)
        where TInput : class
        where TOutput : class, new()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return services.AddNmfPredictor<TInput, TOutput>(name, options =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });
    }

    /// <summary>
    /// As
    /// <see cref="AddNmfPredictor{TInput, TOutput}(IServiceCollection, string, string, Action{NmfPredictorOptions}?)"/>
    /// with the path among the options: set by <paramref name="configure"/> or bound to
    /// <see cref="NmfPredictorOptions"/> under this name.
    /// </summary>
    /// <typeparam name="TInput">Input class, as for ML.NET's prediction engine.</typeparam>
    /// <typeparam name="TOutput">Output class, as for ML.NET's prediction engine.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">Name of the model.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="InvalidOperationException">A model is registered under this name already, whatever
    /// its classes.</exception>
    public static IServiceCollection AddNmfPredictor<TInput, TOutput>(
        this IServiceCollection services, string name, Action<NmfPredictorOptions>? configure = null)
        where TInput : class
        where TOutput : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (services.Any(
            d => !d.IsKeyedService && d.ImplementationInstance is NmfPredictorRegistration r && r.Name == name))
        {
            throw new InvalidOperationException($"A model named '{name}' is registered already.");
        }

        var builder = services.AddOptions<NmfPredictorOptions>(name).ValidateOnStart();
        if (configure is not null)
            builder.Configure(configure);
        services.AddSingleton<IValidateOptions<NmfPredictorOptions>>(new NmfPredictorOptionsValidator(name));

        services.AddKeyedSingleton(name, (provider, _) => new NmfPredictor<TInput, TOutput>(
            name,
            Options(provider, name),
            provider.GetService<ILoggerFactory>()?.CreateLogger(NmfPredictorLog.Category),
            provider.GetService<TimeProvider>()));
        services.TryAddSingleton(TheOnly<TInput, TOutput>);

        services.AddSingleton(new NmfPredictorRegistration(
            name,
            typeof(NmfPredictor<TInput, TOutput>),
            provider => provider.GetRequiredKeyedService<NmfPredictor<TInput, TOutput>>(name),
            provider => Options(provider, name).RequiredAtStart));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NmfPredictorStartup>());
        return services;
    }

    private static NmfPredictorOptions Options(IServiceProvider provider, string name) =>
        provider.GetRequiredService<IOptionsMonitor<NmfPredictorOptions>>().Get(name);

    private static NmfPredictor<TInput, TOutput> TheOnly<TInput, TOutput>(IServiceProvider provider)
        where TInput : class
        where TOutput : class, new()
    {
        var names = provider.GetServices<NmfPredictorRegistration>()
            .Where(r => r.Predictor == typeof(NmfPredictor<TInput, TOutput>))
            .Select(r => r.Name)
            .ToList();
        return names.Count == 1
            ? provider.GetRequiredKeyedService<NmfPredictor<TInput, TOutput>>(names[0])
            : throw new InvalidOperationException(
                $"Several models have the classes {typeof(TInput).Name} and {typeof(TOutput).Name}: "
                + $"'{string.Join("', '", names)}'. Say which one with [FromKeyedServices(name)].");
    }
}
