using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;

namespace Nmf.Distributed;

/// <summary>Tells what is missing when a silo starts, not when a fit does.</summary>
internal sealed class ShardingValidator(
    IServiceProviderIsKeyedService services, IOptions<ShardingOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        options.Value.Validate();
        var name = options.Value.StorageName;
        if (!services.IsKeyedService(typeof(IGrainStorage), name))
        {
            throw new OrleansConfigurationException(
                $"The silo has no grain storage '{name}' for fits and checkpoints: add one of that name "
                + $"({nameof(ShardHostingExtensions.AddNmfFileStorage)}, or one of a database), or set "
                + $"{nameof(ShardingOptions)}.{nameof(ShardingOptions.StorageName)}.");
        }
    }
}
