using System.Buffers.Binary;
using System.Security.Cryptography;
using Cnn.Engine.Solvers.Passes;

namespace Cnn.Engine.Solvers;

// What a solver settles with the other processes of its group.
public sealed partial class Solver
{
    // The root's choice; every process draws before anything can fail.
    private long ChooseSeed()
    {
        int mine = RandomNumberGenerator.GetInt32(int.MaxValue);
        if (group is null)
        {
            return mine;
        }

        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, mine);
        return BinaryPrimitives.ReadInt32LittleEndian(group.Gather(bytes)[0]);
    }

    private void CompareRanks()
    {
        if (group is not null)
        {
            RankComparison.Require(group, this, definition, updater.Histories.InFileOrder(), FirstPass);
        }
    }

    private GroupRequests RequestsOfThisRank() =>
        (StopIsWanted ? GroupRequests.Stop : GroupRequests.None)
        | (Control.TakeSnapshotRequest() ? GroupRequests.Snapshot : GroupRequests.None);

    private bool SnapshotIsWanted() =>
        group is null ? Control.TakeSnapshotRequest() : agreed.HasFlag(GroupRequests.Snapshot);

    private void AgreeOnStop()
    {
        if (group is not null)
        {
            byte[][] wanted = group.Gather([StopIsWanted ? (byte)1 : (byte)0]);
            agreed = Array.Exists(wanted, w => w[0] != 0) ? GroupRequests.Stop : GroupRequests.None;
        }
    }
}
