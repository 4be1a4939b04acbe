namespace Cnn.Layers;

/// <summary>
/// Which forward pass of its net this is, counted from the start of training. Whatever a layer draws at random or reads
/// from data is a function of it, so a resumed run sets it and goes on with the same draws and the same data.
/// </summary>
public sealed class PassClock
{
    /// <summary>The pass that runs or runs next, from 0.</summary>
    public long Pass { get; set; }
}
