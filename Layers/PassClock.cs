namespace Cnn.Layers;

/// <summary>
/// The number of a net's current forward pass, counted from the start of training. Whatever a layer draws at random or
/// reads from data is a function of it, so a resumed run sets it and goes on with the same draws and the same data.
/// </summary>
public sealed class PassClock
{
    /// <summary>The current or next pass, from 0.</summary>
    public long Pass { get; set; }

    /// <summary>
    /// The passes that the net runs, as far as is known; the others are run by other processes. What is loaded ahead is
    /// the data of these. A pass that is not among them can be run all the same.
    /// </summary>
    public PassShare Share { get; set; } = PassShare.All;
}
