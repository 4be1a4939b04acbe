using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Lets the learning rate fall when the loss does not: a fall comes when <c>plateau_winsize</c> iterations have passed
/// since the smoothed loss was at its least, or since the fall before. The rule of SSD's Caffe.
/// </summary>
internal sealed class Plateau(IReadOnlyList<int> windows)
{
    private float minimumLoss = float.MaxValue;
    private int lastEvent;

    /// <summary>Where it stands, which is part of a snapshot.</summary>
    public PlateauState State
    {
        get => new() { MinimumLoss = minimumLoss, IterLastEvent = lastEvent };
        set => (minimumLoss, lastEvent) = (value.MinimumLoss, value.IterLastEvent);
    }

    /// <summary>Returns whether the rate falls now.</summary>
    /// <param name="iteration">The iteration.</param>
    /// <param name="loss">Its smoothed loss.</param>
    /// <param name="step">The number of falls so far.</param>
    public bool Falls(int iteration, float loss, int step)
    {
        if (loss < minimumLoss)
        {
            (minimumLoss, lastEvent) = (loss, iteration);
        }

        if (step >= windows.Count || iteration < lastEvent + (long)windows[step])
        {
            return false;
        }

        lastEvent = iteration;
        return true;
    }
}
