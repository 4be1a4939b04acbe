namespace Cnn.Engine.Graph;

/// <summary>
/// Lets layers do the work of those after them, such as that of the Scale and ReLU layers after a BatchNorm layer: in
/// nets that may train, and in nets for inference where <see cref="InferencePlan"/> has not folded them.
/// </summary>
/// <remarks>
/// The followers work in place and come next in the net, so that their common top holds the last one's values after a
/// pass whether they are taken in or not, and nothing reads it between them.
/// </remarks>
internal static class TrainingPlan
{
    /// <summary>Finds the layers that can be taken in by an earlier one, and has them taken in.</summary>
    public static void Fuse(IReadOnlyList<NetLayer> layers)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            NetLayer head = layers[i];
            for (int next = i + 1; next < layers.Count && TryAdd(head, layers[next - 1], layers[next]); next++)
            {
                head.Followers.Add(layers[next]);
            }

            i += head.Followers.Count;
        }
    }

    /// <summary>Makes the followers of a layer run by themselves, or be taken in again.</summary>
    public static void SetAlone(NetLayer head, bool alone)
    {
        if (alone)
        {
            head.Layer.TrainAlone();
        }

        foreach (NetLayer follower in head.Followers)
        {
            follower.IsFolded = !alone && head.Layer.TryTrainWith(follower.Layer, follower.BottomList);
        }
    }

    private static bool TryAdd(NetLayer head, NetLayer last, NetLayer follower)
    {
        if (head.IsFolded || follower.IsFolded)
        {
            return false;
        }

        follower.IsFolded = last.TopList.Count == 1
            && last.LossWeightList[0] == 0
            && IsInPlaceOn(follower, head)
            && RunBackwardTogether(head, follower)
            && head.Layer.TryTrainWith(follower.Layer, follower.BottomList);
        return follower.IsFolded;
    }

    private static bool IsInPlaceOn(NetLayer follower, NetLayer head) =>
        follower is { BottomList.Count: 1, TopList.Count: 1 }
        && follower.BottomList[0] == head.TopList[0]
        && follower.TopList[0] == head.TopList[0];

    // The head's backward pass is that of all of them.
    private static bool RunBackwardTogether(NetLayer head, NetLayer follower) =>
        follower.NeedsBackward == head.NeedsBackward
        && (!follower.NeedsBackward || follower.PropagateDownList[0]);
}
