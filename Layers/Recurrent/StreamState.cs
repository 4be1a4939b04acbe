namespace Cnn.Layers.Recurrent;

/// <summary>State [1, N, D] that a recurrent layer keeps from batch to batch while N may change.</summary>
internal static class StreamState
{
    /// <summary>Gives the state another number of streams: those that come with it start at zero.</summary>
    public static void KeepStreams(Blob state, int streams, int size)
    {
        if (state.AxisCount == 3 && state.Dim(1) == streams)
        {
            return;
        }

        int kept = state.AxisCount == 3 ? Math.Min(state.Dim(1), streams) * size : 0;
        float[] values = state.Data[..kept].ToArray();
        state.Reshape(1, streams, size);
        values.CopyTo(state.Data);
        state.Data[kept..].Clear();
    }

    /// <summary>
    /// Restores the state from a snapshot, also of a run that stopped after a batch with another N.
    /// </summary>
    /// <returns>Whether the stored shape fits.</returns>
    public static bool TryRestore(Blob state, Blob stored, int size)
    {
        if (stored.AxisCount != 3 || stored.Dim(0) != 1 || stored.Dim(2) != size)
        {
            return false;
        }

        state.ReshapeLike(stored);
        stored.Data.CopyTo(state.Data);
        return true;
    }
}
