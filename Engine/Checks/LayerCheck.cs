namespace Cnn.Engine.Checks;

/// <summary>What a layer must keep to, and <see cref="LayerChecker"/> tries.</summary>
public enum LayerCheck
{
    /// <summary>
    /// The diffs of bottoms and parameters are the derivatives of the tops; those of bottoms are overwritten, those of
    /// parameters added to.
    /// </summary>
    Gradient,

    /// <summary>The same pass gives the same bits when it is repeated, and on any number of threads.</summary>
    Threads,

    /// <summary>Passes allocate nothing once the layer has seen its shapes.</summary>
    Allocation,

    /// <summary>
    /// A layer that works in place gives the same values there; one that does not say that its gradient needs its tops'
    /// values does not read them.
    /// </summary>
    InPlace,

    /// <summary>No items, one item, one channel and one pixel work or are refused by a <c>CnnException</c>.</summary>
    SmallShapes,

    /// <summary>After its bottoms have grown, shrunk and come back, the layer gives what a fresh one gives.</summary>
    Reshaping,
}
